// Operators that put windows back where they were taken from: col2im, max_unpool.
#include <algorithm>

#include "ops/cells.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kNumbersOut[] = {{"y", kNumericTypes, 'T'}};

constexpr int64_t kLargest =
    1 << 20;  // of blocks, strides and the like: sizes computed from them stay in 64 bits

// A list with one number an axis, or `count` times the default when it is not given.
Result<Ints> per_axis(const AttrReader& c, std::string_view name, size_t count, int64_t absent,
                      int64_t least) {
    const Ints& given = c.list(name);
    if (given.empty()) return Ints(count, absent);
    if (given.size() != count) return fail("'{}' has {} numbers, expected {}", name, given.size(), count);
    for (const int64_t v : given)
        if (v < least || v > kLargest) return fail("'{}' has {}", name, v);
    return given;
}

// ---- col2im

struct Folding {
    Ints image, block, dilations, strides, pads;

    size_t axes() const { return image.size(); }
    // How many blocks fit along an axis.
    int64_t places(size_t i) const {
        const int64_t room = image[i] + pads[i] + pads[axes() + i] - dilations[i] * (block[i] - 1) - 1;
        return room < 0 ? 0 : room / strides[i] + 1;
    }
};

Result<Folding> folding_of(const AttrReader& c, Ints image, Ints block) {
    const size_t axes = image.size();
    if (axes == 0 || block.size() != axes)
        return fail("the image has {} axes and the block {}", axes, block.size());
    for (size_t i = 0; i < axes; ++i)
        if (image[i] < 1 || image[i] > int64_t{1} << 40 || block[i] < 1 || block[i] > kLargest)
            return fail("an image {} cannot be made of blocks {}", to_string(image), to_string(block));
    Folding f{.image = std::move(image), .block = std::move(block)};
    TRY(f.dilations, per_axis(c, "dilations", axes, 1, 1));
    TRY(f.strides, per_axis(c, "strides", axes, 1, 1));
    TRY(f.pads, per_axis(c, "pads", 2 * axes, 0, 0));
    return f;
}

Status check_columns(const Folding& f, const Dims& x) {
    if (x.size() != 3) return fail("x is {}, expected [N, C * block, places]", to_string(x));
    const auto block = checked_element_count(f.block);
    Dim places(1);
    for (size_t i = 0; i < f.axes(); ++i) places = places * Dim(f.places(i));
    if (!block || (x[1].is_constant() && *x[1].constant() % *block != 0))
        return fail("{} columns do not divide by a block {}", x[1].text(), to_string(f.block));
    if (x[2].is_constant() && x[2] != places)
        return fail("x is {}, but {} blocks fit the image {}", to_string(x), places.text(),
                    to_string(f.image));
    return {};
}

Status infer_col2im(InferContext& c) {
    if (c.rank(0) != 3) return fail("x is {}, expected [N, C * block, places]", to_string(c.shape(0)));
    const auto image = c.dims("image_shape"), block = c.dims("block_shape");
    TRY(const int64_t axes, list_length(c, "image_shape"));
    Dims shape{c.shape(0)[0], block ? Dim::floor_div(c.shape(0)[1], product(*block)) : c.unknown("channels")};
    for (int64_t i = 0; i < axes; ++i) shape.push_back(image ? (*image)[i] : c.unknown("size"));
    if (image && block && constant_shape(*image) && constant_shape(*block)) {
        TRY(const Folding f, folding_of(c, *constant_shape(*image), *constant_shape(*block)));
        TRY_STATUS(check_columns(f, c.shape(0)));
    }
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}

Status evaluate_col2im(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(Ints image, c.ints("image_shape"));
    TRY(Ints block, c.ints("block_shape"));
    TRY(const Folding f, folding_of(c, std::move(image), std::move(block)));
    TRY_STATUS(check_columns(f, dims_of(x.shape())));
    Shape places, shape{x.dim(0), x.dim(1) / element_count(f.block)};
    for (size_t i = 0; i < f.axes(); ++i) places.push_back(f.places(i));
    shape.insert(shape.end(), f.image.begin(), f.image.end());
    TRY_STATUS(check_result(DType::kF64, shape));
    const auto values = x.to_doubles();
    const Shape strides = row_major_strides(f.image);
    std::vector<double> result(static_cast<size_t>(element_count(shape)), 0.0);
    size_t next = 0;
    for (int64_t image_number = 0; image_number < shape[0] * shape[1]; ++image_number)
        for_each_index(f.block, [&](const Shape& inside) {
            for_each_index(places, [&](const Shape& place) {
                int64_t to = image_number * element_count(f.image);
                bool visible = true;
                for (size_t i = 0; i < f.axes(); ++i) {
                    const int64_t at = place[i] * f.strides[i] - f.pads[i] + inside[i] * f.dilations[i];
                    visible = visible && at >= 0 && at < f.image[i];
                    to += at * strides[i];
                }
                const double value = values[next++];
                if (visible) result[to] += value;
            });
        });
    c.output(0, tensor_from_doubles(x.dtype(), shape, result));
    return {};
}

double col2im_flops(const CostContext& c) { return static_cast<double>(element_count(c.inputs[0])); }

constexpr OperandDef kCol2ImIn[] = {{"x", kNumericTypes, 'T'},
                                    {"image_shape", kI64, '\0', Arity::kOptional},
                                    {"block_shape", kI64, '\0', Arity::kOptional}};
constexpr AttrDef kCol2ImAttrs[] = {{"image_shape", AttrType::kDims},
                                    {"block_shape", AttrType::kDims},
                                    {"dilations", AttrType::kInts, "[]"},
                                    {"pads", AttrType::kInts, "[]"},
                                    {"strides", AttrType::kInts, "[]"}};
constexpr Sample kCol2ImSamples[] = {
    {"f32[2, 15, 5]", "image_shape=[5, 5]; block_shape=[1, 5]"},
    {"f32[1, 9, 4]; i64[2]=5,5; i64[2]=3,3", "strides=[2, 2]"},
    {"f32[1, 8, 12]", "image_shape=[4, 3]; block_shape=[2, 2]; pads=[0, 1, 1, 0]"}};
constexpr Place kCol2ImPlaces[] = {{"image_shape", "image_shape", 1}, {"block_shape", "block_shape", 2}};
constexpr Cell kCol2ImCells[] = {{.format = "onnx", .op = "Col2Im", .since = 18, .places = kCol2ImPlaces}};

// ---- max_unpool

Result<Dims> unpooled(const AttrReader& c, const Dims& x) {
    if (x.size() < 3) return fail("x is {}, expected [N, C, …]", to_string(x));
    const size_t axes = x.size() - 2;
    const Ints& kernel = c.list("kernel_shape");
    if (kernel.size() != axes) return fail("'kernel_shape' has {} numbers for {} axes", kernel.size(), axes);
    TRY(const Ints strides, per_axis(c, "strides", axes, 1, 1));
    TRY(const Ints pads, per_axis(c, "pads", 2 * axes, 0, 0));
    Dims shape{x[0], x[1]};
    for (size_t i = 0; i < axes; ++i) {
        if (kernel[i] < 1 || kernel[i] > kLargest) return fail("'kernel_shape' has {}", kernel[i]);
        shape.push_back((x[2 + i] - Dim(1)) * Dim(strides[i]) + Dim(kernel[i] - pads[i] - pads[axes + i]));
        if (negative(shape.back())) return fail("'pads' leave nothing of axis {} of {}", i + 2, to_string(x));
    }
    return shape;
}

Status infer_max_unpool(InferContext& c) {
    if (c.rank(1) != c.rank(0))
        return fail("x is {} and the indices {}", to_string(c.shape(0)), to_string(c.shape(1)));
    TRY(Dims shape, unpooled(c, c.shape(0)));
    const auto wanted = c.dims("output_shape");
    if (!wanted) shape = unknown_dims(c, c.rank(0), "size");
    else if (!wanted->empty()) shape = *wanted;
    if (shape.size() != c.shape(0).size())
        return fail("'output_shape' has {} numbers for {} axes", shape.size(), c.rank(0));
    for (const Dim& size : shape)
        if (negative(size)) return fail("'output_shape' has {}", size.text());
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}

// Indices count elements of the whole tensor of the size that the pooling had; a larger result is zero behind it.
Status evaluate_max_unpool(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const Dims dims, unpooled(c, dims_of(x.shape())));
    const auto numbers = constant_shape(dims);
    if (!numbers) return fail("the result {} is too large", to_string(dims));
    const Shape inner = *numbers;
    TRY(const Ints wanted, c.ints("output_shape"));
    const Shape shape = wanted.empty() ? inner : wanted;
    TRY_STATUS(check_result(DType::kI64, inner));
    TRY_STATUS(check_result(x.dtype(), shape));
    const Ints indices = c.in(1).to_ints();
    if (c.in(1).shape() != x.shape() || shape.size() != inner.size())
        return fail("x is {} and the indices {}", to_string(x.shape()), to_string(c.in(1).shape()));
    Ints source(static_cast<size_t>(element_count(inner)), -1);
    for (size_t i = 0; i < indices.size(); ++i) {
        if (indices[i] < 0 || indices[i] >= static_cast<int64_t>(source.size()))
            return fail("the index {} is outside {}", indices[i], to_string(inner));
        source[indices[i]] = static_cast<int64_t>(i);
    }
    const Shape strides = row_major_strides(inner);
    const Tensor zero = Tensor::filled(x.dtype(), {}, 0);
    c.output(0, select(
                    x, shape,
                    [&](const Shape& at) {
                        int64_t from = 0;
                        for (size_t i = 0; i < at.size(); ++i) {
                            if (at[i] >= inner[i]) return int64_t{-1};
                            from += at[i] * strides[i];
                        }
                        return source[from];
                    },
                    zero.bytes().data()));
    return {};
}

constexpr OperandDef kUnpoolIn[] = {
    {"x", kNumericTypes, 'T'}, {"indices", kI64}, {"output_shape", kI64, '\0', Arity::kOptional}};
constexpr AttrDef kUnpoolAttrs[] = {{"output_shape", AttrType::kDims, "[]"},
                                    {"kernel_shape", AttrType::kInts},
                                    {"pads", AttrType::kInts, "[]"},
                                    {"strides", AttrType::kInts, "[]"}};
constexpr Sample kUnpoolSamples[] = {
    {"f32[1, 1, 2, 2]; i64[1, 1, 2, 2]=5,7,13,15", "kernel_shape=[2, 2]; strides=[2, 2]"},
    {"f32[1, 1, 2, 2]; i64[1, 1, 2, 2]=5,7,13,15; i64[4]=1,1,5,5", "kernel_shape=[2, 2]; strides=[2, 2]"}};
constexpr Place kUnpoolPlaces[] = {{"output_shape", "output_shape", 2}};
constexpr Cell kUnpoolCells[] = {{.format = "onnx", .op = "MaxUnpool", .since = 9, .places = kUnpoolPlaces}};

constexpr OpDef kFoldOps[] = {
    {.name = "col2im",
     .summary = "images put together from their overlapping blocks, summed (ONNX Col2Im)",
     .inputs = kCol2ImIn,
     .outputs = kNumbersOut,
     .attrs = kCol2ImAttrs,
     .infer = infer_col2im,
     .evaluate = evaluate_col2im,
     .flops = col2im_flops,
     .samples = kCol2ImSamples,
     .cells = kCol2ImCells},
    {.name = "max_unpool",
     .summary = "pooled maxima put back where they were, zeros elsewhere (ONNX MaxUnpool)",
     .inputs = kUnpoolIn,
     .outputs = kNumbersOut,
     .attrs = kUnpoolAttrs,
     .infer = infer_max_unpool,
     .evaluate = evaluate_max_unpool,
     .flops = no_flops,
     .samples = kUnpoolSamples,
     .cells = kUnpoolCells},
};

}  // namespace

std::span<const OpDef> fold_ops() { return kFoldOps; }

}  // namespace lathe::ops
