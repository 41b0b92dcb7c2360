// LSTM, GRU and RNN layers: several layers and directions, one node each.
#include <algorithm>

#include "formats/torch/call.h"

namespace lathe::formats::torch {
namespace {

using graph::Ints;
using Results = Result<std::vector<ValueId>>;

struct LayerKind {
    std::string_view op;       // of the graph
    std::vector<int> order;    // PyTorch's place of every gate, in ONNX's order
    std::string_view activation;  // of a plain RNN
};
// PyTorch's gates: i f g o (LSTM), r z n (GRU). ONNX's: i o f c and z r h.
LayerKind kind_of(std::string_view name) {
    if (name.starts_with("lstm")) return {"lstm", {0, 3, 1, 2}, ""};
    if (name.starts_with("gru")) return {"gru", {1, 0, 2}, ""};
    return {"rnn", {0}, name.starts_with("rnn_relu") ? "Relu" : "Tanh"};
}

// The blocks of rows of a weight or bias in another order.
Result<ValueId> reordered(Call& c, ValueId weight, const std::vector<int>& order) {
    if (order.size() == 1) return weight;
    const auto parts = static_cast<int64_t>(order.size());
    TRY(const auto gates,
        c.importer.add_many("split", {weight}, {{"axis", int64_t{0}}, {"num_outputs", parts}}, order.size()));
    std::vector<ValueId> sorted;
    for (const int gate : order) sorted.push_back(gates[static_cast<size_t>(gate)]);
    return c.add("concat", sorted, {{"axis", int64_t{0}}});
}

Result<ValueId> with_direction(Call& c, const std::vector<ValueId>& one_each) {
    std::vector<ValueId> wide;
    for (const ValueId id : one_each) {
        TRY(wide.emplace_back(), c.add("unsqueeze", {id}, {{"axes", Ints{0}}}));
    }
    if (wide.size() == 1) return wide[0];
    return c.add("concat", wide, {{"axis", int64_t{0}}});
}

// w: [directions, gates * H, I], r: [directions, gates * H, H], b: [directions, 2 * gates * H]
struct LayerWeights {
    ValueId w = kNoValue, r = kNoValue, b = kNoValue;
};

Result<LayerWeights> layer_weights(Call& c, const LayerKind& kind, std::span<const ValueId> params,
                                   size_t directions, bool biases) {
    std::vector<ValueId> w, r, b;
    const size_t each = biases ? 4 : 2;
    for (size_t d = 0; d < directions; ++d) {
        const auto own = params.subspan(d * each, each);
        TRY(w.emplace_back(), reordered(c, own[0], kind.order));
        TRY(r.emplace_back(), reordered(c, own[1], kind.order));
        if (!biases) continue;
        TRY(const ValueId input_bias, reordered(c, own[2], kind.order));
        TRY(const ValueId hidden_bias, reordered(c, own[3], kind.order));
        TRY(b.emplace_back(), c.add("concat", {input_bias, hidden_bias}, {{"axis", int64_t{0}}}));
    }
    LayerWeights result;
    TRY(result.w, with_direction(c, w));
    TRY(result.r, with_direction(c, r));
    if (biases) {
        TRY(result.b, with_direction(c, b));
    }
    return result;
}

Results recurrent(Call& c) {
    const LayerKind kind = kind_of(c.schema.name);
    TRY(ValueId x, c.tensor("input"));
    TRY(const auto params, c.tensors("params"));
    TRY(const int64_t layers, c.integer("num_layers"));
    if (c.flag("train")) {
        TRY(const double dropout, c.number("dropout"));
        if (dropout != 0) return fail("it is random while training; export the network with eval()");
    }
    const bool biases = c.flag("has_biases"), batch_first = c.flag("batch_first"), cells = kind.op == "lstm";
    const size_t directions = c.flag("bidirectional") ? 2 : 1, each = biases ? 4 : 2;
    if (layers < 1 || layers > 1000 || params.size() != static_cast<size_t>(layers) * directions * each)
        return fail("it has {} weights for {} layers of {} directions (projections are not supported)",
                    params.size(), layers, directions);
    const bool unbatched = c.rank(x) == 2;
    if (unbatched) {
        TRY(x, c.add("unsqueeze", {x}, {{"axes", Ints{batch_first ? 0 : 1}}}));
    }
    if (batch_first) {
        TRY(x, c.add("transpose", {x}, {{"perm", Ints{1, 0, 2}}}));
    }
    std::vector<ValueId> states;  // h0, and c0 of an LSTM: [layers * directions, N, H]
    if (cells) {
        TRY(states, c.tensors("hx"));
    } else {
        TRY(states.emplace_back(), c.tensor("hx"));
    }
    if (states.size() != (cells ? 2u : 1u)) return fail("it has {} initial states", states.size());
    if (unbatched)
        for (ValueId& state : states) {
            TRY(state, c.add("unsqueeze", {state}, {{"axes", Ints{1}}}));
        }
    std::vector<std::vector<ValueId>> final_states(states.size());
    for (int64_t layer = 0; layer < layers; ++layer) {
        const auto own =
            std::span(params).subspan(static_cast<size_t>(layer) * directions * each, directions * each);
        TRY(const LayerWeights weights, layer_weights(c, kind, own, directions, biases));
        std::vector<ValueId> operands{x, weights.w, weights.r, weights.b, kNoValue};
        const auto first = layer * static_cast<int64_t>(directions);
        for (const ValueId state : states) {
            TRY(operands.emplace_back(), c.add("slice", {state},
                                               {{"starts", Dims{Dim(first)}},
                                                {"ends", Dims{Dim(first + static_cast<int64_t>(directions))}},
                                                {"axes", Ints{0}}}));
        }
        const auto hidden = c.shape(weights.r).back().constant();
        if (!hidden) return fail("its hidden size is not known");
        Attrs attrs{{"hidden_size", *hidden},
                    {"direction", std::string(directions == 2 ? "bidirectional" : "forward")}};
        if (kind.op == "gru") attrs.set("linear_before_reset", true);
        if (kind.activation == "Relu")
            attrs.set("activations", std::string(directions == 2 ? "Relu,Relu" : "Relu"));
        TRY(const auto results, c.importer.add_many(kind.op, operands, std::move(attrs), 1 + states.size()));
        for (size_t i = 0; i < states.size(); ++i) final_states[i].push_back(results[1 + i]);
        // y: [T, directions, N, H] -> [T, N, directions * H]
        if (directions == 1) {
            TRY(x, c.add("squeeze", {results[0]}, {{"axes", Ints{1}}}));
        } else {
            TRY(const ValueId turned, c.add("transpose", {results[0]}, {{"perm", Ints{0, 2, 1, 3}}}));
            const Dims s = c.shape(turned);
            TRY(x, c.importer.reshape(turned, {s[0], s[1], s[2] * s[3]}));
        }
    }
    if (batch_first) {
        TRY(x, c.add("transpose", {x}, {{"perm", Ints{1, 0, 2}}}));
    }
    std::vector<ValueId> all{x};
    for (const auto& of_layers : final_states) {
        all.push_back(of_layers[0]);
        if (of_layers.size() > 1) {
            TRY(all.back(), c.add("concat", of_layers, {{"axis", int64_t{0}}}));
        }
    }
    if (unbatched) {
        TRY(all[0], c.add("squeeze", {all[0]}, {{"axes", Ints{batch_first ? 0 : 1}}}));
        for (size_t i = 1; i < all.size(); ++i) {
            TRY(all[i], c.add("squeeze", {all[i]}, {{"axes", Ints{1}}}));
        }
    }
    return all;
}

constexpr Row kRecurrentRows[] = {
    {.schema =
         "lstm.input(Tensor input, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first)",
     .special = recurrent},
    {.schema =
         "gru.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first)",
     .special = recurrent},
    {.schema =
         "rnn_tanh.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first)",
     .special = recurrent},
    {.schema =
         "rnn_relu.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first)",
     .special = recurrent},
};

}  // namespace

std::span<const Row> recurrent_rows() { return kRecurrentRows; }

}  // namespace lathe::formats::torch
