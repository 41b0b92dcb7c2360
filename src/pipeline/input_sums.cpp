#include "pipeline/input_sums.h"

#include <algorithm>
#include <cmath>

#include "ops/convolution.h"

namespace lathe::pipeline {
namespace {

constexpr int64_t kBlockRows = 128;
constexpr size_t kBandRows = 16;  // rows of the products that a thread takes at once

// Collects vectors and gives them away in blocks.
class Blocks {
public:
    using Use = std::function<Status(const std::vector<double>&, int64_t)>;
    Blocks(int64_t columns, Use use)
        : columns_(columns), values_(static_cast<size_t>(kBlockRows * columns)), use_(std::move(use)) {}

    // Where the next vector goes; called when the one before is there.
    Result<double*> next() {
        if (rows_ == kBlockRows) TRY_STATUS(flush());
        return values_.data() + rows_++ * columns_;
    }
    Status flush() {
        const int64_t rows = rows_;
        rows_ = 0;
        return rows == 0 ? Status{} : use_(values_, rows);
    }

private:
    int64_t columns_, rows_ = 0;
    std::vector<double> values_;
    Use use_;
};

// x: […, columns, n], or with n = 1 […, columns].
Status take_vectors(const std::vector<double>& x, int64_t columns, int64_t n, Blocks& blocks) {
    const int64_t count = static_cast<int64_t>(x.size()) / columns;
    for (int64_t i = 0; i < count; ++i) {
        TRY(double* to, blocks.next());
        const double* from = x.data() + i / n * columns * n + i % n;
        for (int64_t c = 0; c < columns; ++c) to[c] = from[c * n];
    }
    return {};
}

// x: [N, C, …]
Status take_patches(const std::vector<double>& x, const ops::ConvShape& shape, Blocks& blocks) {
    const int64_t plane = element_count(shape.in);
    Status status;
    for (int64_t n = 0; n < shape.batch && status; ++n) {
        const double* from = x.data() + n * shape.group_in * plane;
        ops::for_each_index(shape.out, [&](const Shape& position) {
            if (!status) return;
            auto to = blocks.next();
            if (!to) {
                status = std::unexpected(to.error());
                return;
            }
            for (int64_t c = 0; c < shape.group_in; ++c)
                ops::for_each_tap(shape.window, shape.in, position, [&](int64_t offset) {
                    *(*to)++ = offset < 0 ? 0.0 : from[c * plane + offset];
                });
        });
    }
    return status;
}

Tensor mean_of(const std::vector<double>& sums, int64_t samples) {
    std::vector<double> values(sums);
    for (double& value : values) value /= static_cast<double>(std::max<int64_t>(samples, 1));
    return tensor_from_doubles(DType::kF32, {static_cast<int64_t>(sums.size())}, values);
}

}  // namespace

InputSums::InputSums(int64_t columns, bool products)
    : columns_(columns), sums_(static_cast<size_t>(columns)), squares_(static_cast<size_t>(columns)) {
    if (products) products_.resize(static_cast<size_t>(columns * columns));
}

Status InputSums::add(const Tensor& x, const LayerUse& use, const graph::Graph& graph, ThreadPool& threads) {
    Blocks blocks(columns_, [&](const std::vector<double>& block, int64_t rows) {
        return add_block(block, rows, threads);
    });
    const std::vector<double> values = x.to_doubles();
    if (use.layout == VectorLayout::kPatches) {
        const graph::Node& node = graph.nodes[use.node];
        TRY(const ops::ConvShape shape,
            ops::conv_shape(graph::AttrReader(*node.op, node.attrs), x.shape(), use.weight));
        TRY_STATUS(take_patches(values, shape, blocks));
    } else {
        TRY_STATUS(take_vectors(values, columns_, use.layout == VectorLayout::kLast ? 1 : x.dim(-1), blocks));
    }
    return blocks.flush();
}

Status InputSums::add_block(const std::vector<double>& block, int64_t rows, ThreadPool& threads) {
    const auto columns = static_cast<size_t>(columns_);
    for (int64_t r = 0; r < rows; ++r) {
        const double* x = block.data() + r * columns_;
        for (size_t c = 0; c < columns; ++c) {
            sums_[c] += x[c];
            squares_[c] += x[c] * x[c];
        }
    }
    samples_ += rows;
    // A NaN or an infinity stays in the sums.
    for (size_t c = 0; c < columns; ++c)
        if (!std::isfinite(sums_[c]) || !std::isfinite(squares_[c]))
            return fail("input {} of the layer is no finite number", c);
    if (products_.empty()) return {};
    threads.parallel_for((columns + kBandRows - 1) / kBandRows, [&](size_t band) {
        for (size_t i = band * kBandRows; i < std::min(columns, (band + 1) * kBandRows); ++i) {
            double* sums = products_.data() + i * columns;
            for (int64_t r = 0; r < rows; ++r) {
                const double* x = block.data() + r * columns_;
                const double factor = x[i];
                if (factor == 0) continue;  // as behind a ReLU
                for (size_t j = i; j < columns; ++j) sums[j] += factor * x[j];
            }
        }
    });
    return {};
}

Tensor InputSums::mean() const { return mean_of(sums_, samples_); }
Tensor InputSums::mean_square() const { return mean_of(squares_, samples_); }

Tensor InputSums::products() const {
    TensorBuilder builder(DType::kF32, {columns_, columns_});
    const auto to = builder.values<float>();
    const auto columns = static_cast<size_t>(columns_);
    const auto count = static_cast<double>(std::max<int64_t>(samples_, 1));
    for (size_t i = 0; i < columns; ++i)
        for (size_t j = i; j < columns; ++j)
            to[i * columns + j] = to[j * columns + i] =
                static_cast<float>(products_[i * columns + j] / count);
    return builder.finish();
}

}  // namespace lathe::pipeline
