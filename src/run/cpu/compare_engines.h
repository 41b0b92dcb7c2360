// For tests of the engine: graphs in text form, run by every table of kernels on one thread and several, and by the reference.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "base/format.h"
#include "graph/text_form.h"
#include "ops/ops.h"
#include "run/cpu/cpu.h"
#include "run/reference.h"

namespace lathe::run::cpu {

// Error allowed relative to the largest of the values: sums of f32 products in another order.
inline void expect_close(const std::vector<Tensor>& found, const std::vector<Tensor>& expected,
                         const std::string& what) {
    ASSERT_EQ(found.size(), expected.size()) << what;
    for (size_t i = 0; i < found.size(); ++i) {
        ASSERT_EQ(found[i].shape(), expected[i].shape()) << what;
        ASSERT_EQ(found[i].dtype(), expected[i].dtype()) << what;
        if (found[i].dtype() == DType::kString) continue;
        const auto a = found[i].to_doubles(), b = expected[i].to_doubles();
        double largest = 1;
        for (const double x : b)
            if (std::isfinite(x)) largest = std::max(largest, std::fabs(x));
        for (size_t k = 0; k < a.size(); ++k) {
            if (a[k] == b[k] || (std::isnan(a[k]) && std::isnan(b[k]))) continue;
            ASSERT_LE(std::fabs(a[k] - b[k]), 1e-5 * largest)
                << what << ", result " << i << " at " << k << ": " << a[k] << ", expected " << b[k];
        }
    }
}

inline void compare(const graph::Graph& graph, const std::vector<Tensor>& inputs, const std::string& what) {
    const auto expected = run_reference(graph, inputs);
    static ThreadPool pools[] = {ThreadPool(1), ThreadPool(3)};
    for (const Kernels* kernels : available_kernels()) {
        std::vector<Tensor> first;
        for (ThreadPool& pool : pools) {
            const std::string name = format("{} by {} on {} threads", what, kernels->name, pool.threads());
            const auto engine = make_engine(pool, {.kernels = kernels});
            const auto program = engine->plan(graph);
            ASSERT_TRUE(program.has_value()) << name << ": " << program.error().message;
            for (int again = 0; again < 2; ++again) {
                const auto found = (*program)->run(inputs);
                ASSERT_EQ(found.has_value(), expected.has_value())
                    << name << ": " << (found ? "" : found.error().message);
                if (!found) return;
                ASSERT_NO_FATAL_FAILURE(expect_close(*found, *expected, name));
                if (first.empty()) first = *found;
                for (size_t i = 0; i < first.size(); ++i)
                    if (first[i].dtype() != DType::kString) {
                        ASSERT_TRUE(std::ranges::equal(first[i].bytes(), (*found)[i].bytes()))
                            << name << ": other bits";
                    }
            }
        }
    }
}

// Floats in [-1, 1), truths, or integers in [-2, 2].
inline Tensor noise(const Shape& shape, uint64_t seed, DType dtype = DType::kF32) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> uniform(-1, 1);
    std::vector<double> values(static_cast<size_t>(element_count(shape)));
    for (double& x : values)
        x = is_float(dtype)         ? uniform(random)
            : dtype == DType::kBool ? static_cast<double>(random() % 2)
                                    : static_cast<double>(random() % 5) - 2;
    return tensor_from_doubles(dtype, shape, values);
}

// A graph in text form; operands whose names begin with w are constants.
inline void compare_text(const std::string& operands, const std::vector<Shape>& shapes,
                         const std::string& body) {
    const std::string text = operands + "\n" + body;
    SCOPED_TRACE(text);
    auto graph = graph::parse_text(text, ops::find_op);
    ASSERT_TRUE(graph.has_value()) << graph.error().message;
    std::vector<Tensor> inputs;
    std::vector<graph::ValueId> left;
    for (size_t i = 0; i < graph->inputs.size(); ++i) {
        graph::Value& value = (*graph)[graph->inputs[i]];
        const Tensor tensor = noise(shapes[i], i + 1, value.dtype);
        if (value.name.starts_with("w")) value.constant = tensor;
        else {
            left.push_back(graph->inputs[i]);
            inputs.push_back(tensor);
        }
    }
    graph->inputs = left;
    compare(*graph, inputs, "graph");
}

inline std::string declare(std::string_view name, const Shape& shape, std::string_view type = "f32") {
    return format("input {}: {}{}\n", name, type, to_string(shape));
}

}  // namespace lathe::run::cpu
