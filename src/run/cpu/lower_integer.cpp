// Products and convolutions of codes.
#include "graph/contexts.h"
#include "ops/convolution.h"
#include "run/cpu/conv.h"
#include "run/cpu/integer_work.h"
#include "run/cpu/taps.h"

namespace lathe::run::cpu {

using graph::Node;
using graph::ValueId;

Result<bool> lower_integer_conv(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const ValueId weights = node.inputs[node.op->name == "qlinear_conv" ? 3 : 1];
    const Shape &w = lowering.shape(weights), &in = lowering.shape(node.inputs[0]);
    if (in.size() < 3 || element_count(in) == 0 || element_count(w) == 0 ||
        element_count(lowering.shape(node.outputs[0])) == 0)
        return false;
    auto operands = integer_operands(lowering, node, static_cast<size_t>(w[0]), 0);
    if (!operands) return false;
    TRY(const ops::ConvShape shape, ops::conv_shape(graph::AttrReader(*node.op, node.attrs), in, w));
    const auto x = channels_together(lowering, operands->x, operands->dtype);
    if (!x) return false;
    const size_t taps = count_taps(shape.window);
    IntegerGeometry geometry{.batch = static_cast<size_t>(shape.batch),
                             .groups = static_cast<size_t>(shape.groups),
                             .depth = static_cast<size_t>(shape.group_in),
                             .columns = static_cast<size_t>(shape.group_out),
                             .taps = taps,
                             .positions = static_cast<size_t>(element_count(shape.out)),
                             .x = *x,
                             .image_stride = x->strides[0],
                             .row_stride = pixel_stride(*x, shape),
                             .weight_column = static_cast<size_t>(shape.group_in) * taps,
                             .weight_tap = 1,
                             .weight_depth = taps};
    const bool depthwise = geometry.depth == 1 && geometry.columns == 1 && geometry.groups > 1 &&
                           geometry.taps <= kMaxDepthwiseTaps;
    if (!geometry.row_stride || depthwise)
        geometry.table = tap_table(lowering, shape.window, shape.in, places_of(x->strides), shape.out);
    const auto epilogue = make_integer_epilogue(lowering, group, *operands, channels_last(in.size()), 1);
    if (depthwise) add_integer_depthwise_step(lowering, group, geometry, *operands, epilogue);
    else if (!add_integer_winograd_step(lowering, group, geometry, shape, *operands, epilogue))
        add_integer_step(lowering, group, geometry, *operands, epilogue);
    return true;
}

Result<bool> lower_integer_product(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const ValueId b = node.inputs[node.op->name == "qlinear_matmul" ? 3 : 1];
    const Shape &w = lowering.shape(b), &shape = lowering.shape(node.outputs[0]);
    if (w.size() != 2 || shape.size() < 2 || element_count(shape) == 0 || element_count(w) == 0) return false;
    bool turned = false;
    if (node.op->name == "gemm") {
        const graph::AttrReader attrs(*node.op, node.attrs);
        if (attrs.flag("transA")) return false;
        turned = attrs.flag("transB");
    }
    const int64_t depth = w[turned ? 1 : 0], columns = w[turned ? 0 : 1];
    auto operands = integer_operands(lowering, node, static_cast<size_t>(columns), turned ? 0 : 1);
    if (!operands) return false;
    const int64_t rows = element_count(shape) / columns;
    auto a = reshaped(operands->x, {rows, depth});
    if (!a || (depth > 1 && a->strides[1] != 1))
        a = reshaped(lowering.dense(operands->x, row_major(operands->x.rank()), operands->dtype),
                     {rows, depth});
    const IntegerGeometry geometry{.depth = static_cast<size_t>(depth),
                                   .columns = static_cast<size_t>(columns),
                                   .positions = static_cast<size_t>(rows),
                                   .x = *a,
                                   .row_stride = a->strides[0],
                                   .weight_column = turned ? static_cast<size_t>(depth) : 1,
                                   .weight_depth = turned ? 1 : static_cast<size_t>(columns)};
    const auto epilogue =
        make_integer_epilogue(lowering, group, *operands, row_major(shape.size()), shape.size() - 1);
    add_integer_step(lowering, group, geometry, *operands, epilogue);
    return true;
}

}  // namespace lathe::run::cpu
