// Layers: a Net's layers as graph nodes. Everything that looks at the whole board looks at the points of plane 0 only.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "graph/builder.h"
#include "zoo/katago/net.h"

namespace lathe::zoo::katago {

using graph::ValueId;

// A board of channels in either layout, or in both when both were needed.
struct Board {
    ValueId planes = graph::kNoValue;  // [batch, C, height, width]
    ValueId points = graph::kNoValue;  // [batch, height*width, C]
    int64_t channels = 0;
};

class Layers {
public:
    // bin_input: [batch, planes, height, width]; plane 0 is the mask.
    Layers(graph::Builder& builder, ValueId bin_input);

    graph::Builder& b;
    const graph::Dim batch, height, width;
    ValueId mask;  // [batch, 1, height, width]: 1 on the board, else 0
    ValueId off_board;  // [batch, 1, height, width]: 0 on the board, else -1
    ValueId area;  // [batch, 1]: points of the board
    ValueId size_small;  // [batch, 1]: (sqrt(area) - 14) / 10

    ValueId number(double value);  // an f32 scalar
    ValueId constant(const std::string& name, const Tensor& tensor) { return b.constant(name, tensor); }
    // A vector that lies along one axis of four, [1, C, 1, 1].
    ValueId channel_constant(const std::string& name, const Tensor& vector);

    ValueId add(ValueId x, ValueId y) { return b.add("add", {x, y}); }
    ValueId sub(ValueId x, ValueId y) { return b.add("sub", {x, y}); }
    ValueId mul(ValueId x, ValueId y) { return b.add("mul", {x, y}); }
    ValueId div(ValueId x, ValueId y) { return b.add("div", {x, y}); }
    ValueId unary(std::string_view op, ValueId x) { return b.add(op, {x}); }
    ValueId reshape(ValueId x, graph::Dims shape);
    ValueId transpose(ValueId x, graph::Ints perm);
    ValueId reduce(std::string_view op, ValueId x, graph::Ints axes, bool keepdims);
    ValueId concat(std::vector<ValueId> parts, int64_t axis);
    ValueId slice(ValueId x, int64_t axis, graph::Dim from, graph::Dim to);

    ValueId conv(ValueId x, const Conv& conv);  // [batch, in, …] -> [batch, out, …]
    ValueId matrix(ValueId x, const Matrix& matrix);  // […, in] -> […, out]
    ValueId act(ValueId x, Activation activation);
    ValueId norm_act(ValueId x, const Norm& norm, Activation act);  // masked: 0 off the board
    ValueId rms_norm(ValueId x, const RmsNorm& norm);  // of the last axis
    ValueId rms_norm_board(ValueId x, const RmsNorm& norm, int64_t channels);  // planes, masked
    ValueId pool(ValueId x);  // planes -> [batch, 3 * C]: mean, mean by size, max
    ValueId pool_for_value(ValueId x);  // planes -> [batch, 3 * C]
    ValueId as_bias(ValueId x) {
        return b.add("unsqueeze", {x}, {{"axes", graph::Ints{2, 3}}});
    }  // [batch, C, 1, 1]
    ValueId norm_act_conv(ValueId x, const NormActConv& layer);
    ValueId tip(ValueId x, const Tip& tip, int64_t channels);

    ValueId planes(Board& board);
    ValueId points(Board& board);
    Board sum(Board& x, const Board& residual);  // in the residual's layout
    Board run(Board& x, const Block& block);  // the block's residual
    Board run_all(Board x, const std::vector<Block>& blocks);

private:
    struct RotationTables {
        ValueId cosine, sine;  // [kv heads or 1, height*width, pairs]
    };

    Board run(Board& x, const Chain& chain);
    Board run(Board& x, const Nested& nested);
    Board run(Board& x, const Attention& attention);
    Board run(Board& x, const FeedForward& layers);
    ValueId pooling_conv(ValueId x, const PoolingConv& layer);
    ValueId mish(ValueId x);
    ValueId heads_first(ValueId x, int64_t heads,
                        int64_t size);  // [batch, S, heads*size] -> [batch, heads, S, size]
    RotationTables rotation_tables(const Attention& attention);
    RotationTables make_tables(const std::string& name, const Tensor& frequencies);
    ValueId rotate(ValueId x, const RotationTables& tables, int64_t size);

    std::map<double, ValueId> numbers_;
    std::map<std::string, RotationTables> shared_tables_;  // of fixed rotary embeddings
    ValueId key_bias_ = graph::kNoValue;  // [batch, 1, 1, S]: 0 on the board, -3e4 off it
    ValueId size_square_ = graph::kNoValue;  // [batch, 1]
};

}  // namespace lathe::zoo::katago
