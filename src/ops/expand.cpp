// Operators that repeat elements: expand, tile.
#include <algorithm>

#include "ops/cells.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kExpandY[] = {{"y", kMovableTypes, 'T'}};

Status infer_expand(InferContext& c) {
    if (const auto target = c.dims("shape")) {
        for (const Dim& size : *target)
            if (negative(size)) return fail("the shape {} has the size {}", to_string(*target), size.text());
        TRY(Dims shape, broadcast(c.shape(0), *target));
        c.output(0, c.dtype(0), std::move(shape));
    } else {
        TRY(const int64_t length, list_length(c, "shape"));
        c.output(0, c.dtype(0), unknown_dims(c, std::max<int64_t>(length, c.rank(0)), "size"));
    }
    follow_contents(c);
    return {};
}

// A view with stride 0 along the axes that repeat, then copied.
Status evaluate_expand(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const Ints target, c.ints("shape"));
    TRY(const Shape shape, broadcast(x.shape(), target));
    TRY_STATUS(check_result(x.dtype(), shape));
    const Shape own = row_major_strides(x.shape());
    Shape strides(shape.size(), 0);
    for (size_t i = 0, lead = shape.size() - own.size(); i < own.size(); ++i)
        if (x.shape()[i] != 1) strides[lead + i] = own[i];
    c.output(0, Tensor(x.dtype(), shape, std::move(strides), x.storage()).to_contiguous());
    return {};
}

Status infer_tile(InferContext& c) {
    const auto repeats = c.dims("repeats");
    Dims shape = c.shape(0);
    if (!repeats) {
        for (Dim& size : shape) size = c.unknown("size");
    } else if (repeats->size() != shape.size()) {
        return fail("'repeats' has {} numbers for {} axes", repeats->size(), shape.size());
    } else {
        for (size_t i = 0; i < shape.size(); ++i) {
            if (negative((*repeats)[i])) return fail("'repeats' has {}", (*repeats)[i].text());
            shape[i] = shape[i] * (*repeats)[i];
        }
    }
    c.output(0, c.dtype(0), std::move(shape));
    follow_contents(c);
    return {};
}

Status evaluate_tile(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const Ints repeats, c.ints("repeats"));
    if (repeats.size() != x.shape().size())
        return fail("'repeats' has {} numbers for {} axes", repeats.size(), x.rank());
    Shape shape = x.shape();
    for (size_t i = 0; i < shape.size(); ++i) {
        if (repeats[i] < 0) return fail("'repeats' has {}", repeats[i]);
        if (__builtin_mul_overflow(shape[i], repeats[i], &shape[i]))
            return fail("'repeats' makes the result too large");
    }
    TRY_STATUS(check_result(x.dtype(), shape));
    const Shape strides = row_major_strides(x.shape());
    c.output(0, select(x, shape, [&](const Shape& index) {
                 int64_t at = 0;
                 for (size_t i = 0; i < index.size(); ++i) at += index[i] % x.shape()[i] * strides[i];
                 return at;
             }));
    return {};
}

constexpr OperandDef kExpandIn[] = {{"x", kMovableTypes, 'T'}, {"shape", kI64, '\0', Arity::kOptional}};
constexpr AttrDef kExpandAttrs[] = {{"shape", AttrType::kDims}};
constexpr Sample kExpandSamples[] = {{"f32[3, 1]", "shape=[2, 1, 5]"},
                                     {"f16[3, 1]", "shape=[3, 4]"},
                                     {"f32[2, 3]", "shape=[1]"},
                                     {"f32[]; i64[2]=3,2"}};
constexpr Place kExpandPlaces[] = {{"shape", "shape", 1}};
constexpr Cell kExpandCells[] = {{.format = "onnx", .op = "Expand", .since = 8, .places = kExpandPlaces},
                                 {.format = "litert", .op = "BROADCAST_TO"},
                                 {.format = "openvino", .op = "Broadcast", .since = 3}};

constexpr OperandDef kTileIn[] = {{"x", kMovableTypes, 'T'}, {"repeats", kI64, '\0', Arity::kOptional}};
constexpr AttrDef kTileAttrs[] = {{"repeats", AttrType::kDims}};
constexpr Sample kTileSamples[] = {
    {"f32[2, 3]", "repeats=[1, 2]"}, {"f16[2, 1, 3]", "repeats=[3, 2, 1]"}, {"f32[2, 3]; i64[2]=2,2"}};
constexpr Place kTilePlaces[] = {{"repeats", "repeats", 1}};
constexpr Cell kTileCells[] = {{.format = "onnx", .op = "Tile", .since = 6, .places = kTilePlaces},
                               {.format = "litert", .op = "TILE"},
                               {.format = "openvino", .op = "Tile"}};

constexpr OpDef kExpandOps[] = {
    {.name = "expand",
     .summary = "x repeated to the shape that x and `shape` broadcast to (ONNX Expand)",
     .inputs = kExpandIn,
     .outputs = kExpandY,
     .attrs = kExpandAttrs,
     .infer = infer_expand,
     .evaluate = evaluate_expand,
     .flops = no_flops,
     .samples = kExpandSamples,
     .cells = more_cells<kExpandCells, CoremlValues<"tile">, Ncnn<"Tile">>},
    {.name = "tile",
     .summary = "x repeated repeats[i] times along axis i (ONNX Tile)",
     .inputs = kTileIn,
     .outputs = kExpandY,
     .attrs = kTileAttrs,
     .infer = infer_tile,
     .evaluate = evaluate_tile,
     .flops = no_flops,
     .samples = kTileSamples,
     .cells = more_cells<kTileCells, CoremlValues<"tile">, Ncnn<"Tile">>},
};

}  // namespace

std::span<const OpDef> expand_ops() { return kExpandOps; }

}  // namespace lathe::ops
