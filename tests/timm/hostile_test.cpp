// Files whose tensors have other shapes than their model: named in an error, or resampled, but never a crash.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "reference.h"
#include "zoo/nn/weights.h"
#include "zoo/timm/families.h"
#include "zoo/timm/timm.h"

namespace lathe::timm_test {
namespace {

using graph::Checkpoint;
using zoo::nn::Entry;

// Zeros that take no memory.
Tensor zeros(DType dtype, const Shape& shape) {
    return *zoo::nn::hollow_weights()->find({.name = "x", .shape = shape, .dtype = dtype});
}

// Shapes that a file could have instead.
std::vector<Shape> other_shapes(const Shape& shape) {
    std::vector<Shape> shapes{{}, {0}, {1}, {2, 0, 3}, {3, 1, 4, 1, 5}, {1, 5, 5, 2}, {1, 17, 3}};
    if (shape.empty()) return shapes;
    for (const int64_t by : {-1, 1, 3}) {
        shapes.push_back(shape);
        shapes.back().back() += by;
        shapes.push_back(shape);
        shapes.back().front() += by;
    }
    shapes.emplace_back(shape.rbegin(), shape.rend());
    shapes.push_back(shape);
    shapes.back().insert(shapes.back().begin(), 1);
    shapes.emplace_back(shape.begin() + 1, shape.end());
    std::erase_if(shapes, [&](const Shape& other) { return other == shape; });
    return shapes;
}

bool may_be_fitted(const Entry& entry) {
    for (const char* part : {"pos", "rel", "table", "bias_", "token", "rope", "grid", "coords"})
        if (entry.name.find(part) != std::string::npos) return true;
    return false;
}

TEST(TimmHostile, AnyShapeOfAnyTensorIsAnswered) {
    std::mt19937 random(1);
    const unsigned one_of = std::getenv("LATHE_LONG") != nullptr ? 2 : 12;
    int refused = 0, taken = 0;
    for (const auto& family : zoo::timm::all_families()) {
        const zoo::timm::Model* model = smallest_of(family.name);
        if (model == nullptr) continue;
        const auto hollow = zoo::nn::hollow_weights();
        const auto built = zoo::timm::build(*zoo::timm::choose_model(model->name), *hollow, {});
        ASSERT_TRUE(built) << built.error().message;
        std::vector<size_t> fitted, others;
        for (size_t i = 0; i < built->entries.size(); ++i)
            (may_be_fitted(built->entries[i]) ? fitted : others).push_back(i);
        std::shuffle(fitted.begin(), fitted.end(), random);
        std::shuffle(others.begin(), others.end(), random);
        fitted.resize(std::min<size_t>(fitted.size(), 3));
        fitted.insert(fitted.end(), others.begin(), others.begin() + 1);
        for (const size_t changed : fitted)
            for (const Shape& shape : other_shapes(built->entries[changed].shape)) {
                if (random() % one_of != 0) continue;
                Checkpoint checkpoint{.format = "pytorch", .path = "m.pth"};
                for (size_t i = 0; i < built->entries.size(); ++i) {
                    const Entry& entry = built->entries[i];
                    checkpoint.tensors.push_back(
                        {entry.name, zeros(entry.dtype, i == changed ? shape : entry.shape)});
                }
                const auto graph = zoo::timm::build_timm(checkpoint, {.model = std::string(model->name)});
                ++(graph ? taken : refused);
                EXPECT_TRUE(graph || !graph.error().message.empty());
            }
    }
    EXPECT_GT(refused, 100);
    EXPECT_LT(taken, refused);
}

}  // namespace
}  // namespace lathe::timm_test
