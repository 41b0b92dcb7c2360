// Recurrent layers. Definitions: ONNX LSTM (Hochreiter & Schmidhuber 1997, with Gers' forget gate and peepholes), GRU
// (Cho et al. 2014), RNN. x: [T, B, I], or [B, T, I] with layout 1; w: [directions, gates * H, I]; r: [directions,
// gates * H, H]; b: [directions, 2 * gates * H]. Gates in ONNX's order: lstm i o f c, gru z r h.
#include "base/text.h"
#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/move.h"
#include "ops/ops.h"
#include "ops/recurrent_step.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kRecurrentIn[] = {{"x", kFloatTypes, 'T'},
                                       {"w", kFloatTypes, 'T'},
                                       {"r", kFloatTypes, 'T'},
                                       {"b", kFloatTypes, 'T', Arity::kOptional},
                                       {"sequence_lens", type_bit(DType::kI32), '\0', Arity::kOptional},
                                       {"initial_h", kFloatTypes, 'T', Arity::kOptional}};
constexpr OperandDef kLstmIn[] = {{"x", kFloatTypes, 'T'},
                                  {"w", kFloatTypes, 'T'},
                                  {"r", kFloatTypes, 'T'},
                                  {"b", kFloatTypes, 'T', Arity::kOptional},
                                  {"sequence_lens", type_bit(DType::kI32), '\0', Arity::kOptional},
                                  {"initial_h", kFloatTypes, 'T', Arity::kOptional},
                                  {"initial_c", kFloatTypes, 'T', Arity::kOptional},
                                  {"p", kFloatTypes, 'T', Arity::kOptional}};
constexpr OperandDef kRecurrentOut[] = {{"y", kFloatTypes, 'T'}, {"y_h", kFloatTypes, 'T', Arity::kOptional}};
constexpr OperandDef kLstmOut[] = {{"y", kFloatTypes, 'T'},
                                   {"y_h", kFloatTypes, 'T', Arity::kOptional},
                                   {"y_c", kFloatTypes, 'T', Arity::kOptional}};

// activations: names separated by commas, those of the backward direction behind; "" are the operator's own.
// clip 0: none. hidden_size 0: from r.
constexpr AttrDef kLstmAttrs[] = {
    {"activation_alpha", AttrType::kFloats, "[]"},   {"activation_beta", AttrType::kFloats, "[]"},
    {"activations", AttrType::kString, "\"\""},      {"clip", AttrType::kFloat, "0.0"},
    {"direction", AttrType::kString, "\"forward\""}, {"hidden_size", AttrType::kInt, "0"},
    {"input_forget", AttrType::kBool, "false"},      {"layout", AttrType::kInt, "0"}};
constexpr AttrDef kGruAttrs[] = {{"activation_alpha", AttrType::kFloats, "[]"},
                                 {"activation_beta", AttrType::kFloats, "[]"},
                                 {"activations", AttrType::kString, "\"\""},
                                 {"clip", AttrType::kFloat, "0.0"},
                                 {"direction", AttrType::kString, "\"forward\""},
                                 {"hidden_size", AttrType::kInt, "0"},
                                 {"layout", AttrType::kInt, "0"},
                                 {"linear_before_reset", AttrType::kBool, "false"}};
constexpr AttrDef kRnnAttrs[] = {{"activation_alpha", AttrType::kFloats, "[]"},
                                 {"activation_beta", AttrType::kFloats, "[]"},
                                 {"activations", AttrType::kString, "\"\""},
                                 {"clip", AttrType::kFloat, "0.0"},
                                 {"direction", AttrType::kString, "\"forward\""},
                                 {"hidden_size", AttrType::kInt, "0"},
                                 {"layout", AttrType::kInt, "0"}};
constexpr Place kRecurrentPlaces[] = {{.ours = "layout", .theirs = "", .until = 13}};
constexpr Cell kLstmCells[] = {{.format = "onnx", .op = "LSTM", .since = 7, .places = kRecurrentPlaces}};
constexpr Cell kGruCells[] = {{.format = "onnx", .op = "GRU", .since = 7, .places = kRecurrentPlaces}};
constexpr Cell kRnnCells[] = {{.format = "onnx", .op = "RNN", .since = 7, .places = kRecurrentPlaces}};

constexpr Sample kLstmSamples[] = {
    {"f32[4, 2, 3]; f32[1, 20, 3]; f32[1, 20, 5]", "hidden_size=5", 3},
    {"f32[4, 2, 3]; f32[2, 20, 3]; f32[2, 20, 5]; f32[2, 40]; i32[2]=4,2; f32[2, 2, 5]; f32[2, 2, 5]; f32[2, 15]",
     "hidden_size=5; direction=\"bidirectional\"", 3},
    {"f32[3, 1, 2]; f32[1, 12, 2]; f32[1, 12, 3]; f32[1, 24]", "hidden_size=3; direction=\"reverse\""}};
constexpr Sample kGruSamples[] = {
    {"f32[4, 2, 3]; f32[1, 15, 3]; f32[1, 15, 5]", "hidden_size=5", 2},
    {"f32[4, 2, 3]; f32[2, 15, 3]; f32[2, 15, 5]; f32[2, 30]; i32[2]=4,2; f32[2, 2, 5]",
     "hidden_size=5; direction=\"bidirectional\"; linear_before_reset=true", 2},
    {"f32[3, 1, 2]; f32[1, 9, 2]; f32[1, 9, 3]; f32[1, 18]", "hidden_size=3; direction=\"reverse\""}};
constexpr Sample kRnnSamples[] = {
    {"f32[4, 2, 3]; f32[1, 5, 3]; f32[1, 5, 5]", "hidden_size=5", 2},
    {"f32[4, 2, 3]; f32[2, 5, 3]; f32[2, 5, 5]; f32[2, 10]; i32[2]=4,2; f32[2, 2, 5]",
     "hidden_size=5; direction=\"bidirectional\"; clip=0.5", 2},
    {"f32[3, 1, 2]; f32[1, 3, 2]; f32[1, 3, 3]; f32[1, 6]", "hidden_size=3; direction=\"reverse\""}};

// ---- sizes

struct RecurrentSizes {
    Dim steps, batch, input, hidden;
    int64_t directions = 1;
    bool batch_first = false;
};

Status check_shape(const std::optional<Dims>& found, const Dims& expected, std::string_view name) {
    if (!found) return {};
    bool fits = found->size() == expected.size();
    for (size_t i = 0; fits && i < expected.size(); ++i) fits = !surely_differ((*found)[i], expected[i]);
    if (!fits) return fail("{} is {}, expected {}", name, to_string(*found), to_string(expected));
    return {};
}

template <class Context, class Shapes>
Result<RecurrentSizes> sizes_of(const Context& c, int64_t gates, Shapes shape) {
    const Dims x = *shape(0), r = *shape(2);
    if (x.size() != 3 || r.size() != 3)
        return fail("x is {} and r {}, expected 3 axes of each", to_string(x), to_string(r));
    const int64_t layout = c.integer("layout"), hidden = c.integer("hidden_size");
    if (layout != 0 && layout != 1) return fail("layout is {}, expected 0 or 1", layout);
    const std::string& direction = c.string("direction");
    if (direction != "forward" && direction != "reverse" && direction != "bidirectional")
        return fail("direction is '{}', expected forward, reverse or bidirectional", printable(direction));
    RecurrentSizes s{x[layout == 1 ? 1 : 0],
                     x[layout == 1 ? 0 : 1],
                     x[2],
                     r[2],
                     direction == "bidirectional" ? 2 : 1,
                     layout == 1};
    if (hidden != 0 && surely_differ(s.hidden, Dim(hidden)))
        return fail("hidden_size is {}, but r is {}", hidden, to_string(r));
    const Dim rows = s.hidden * Dim(gates), both(s.directions);
    const Dims state = s.batch_first ? Dims{s.batch, both, s.hidden} : Dims{both, s.batch, s.hidden};
    TRY_STATUS(check_shape(shape(1), {both, rows, s.input}, "w"));
    TRY_STATUS(check_shape(shape(2), {both, rows, s.hidden}, "r"));
    TRY_STATUS(check_shape(shape(3), {both, rows * Dim(2)}, "b"));
    TRY_STATUS(check_shape(shape(4), {s.batch}, "sequence_lens"));
    TRY_STATUS(check_shape(shape(5), state, "initial_h"));
    TRY_STATUS(check_shape(shape(6), state, "initial_c"));
    TRY_STATUS(check_shape(shape(7), {both, s.hidden * Dim(3)}, "p"));
    return s;
}

// Numbers of the state tensors: [directions, B, H], or [B, directions, H].
struct Run {
    int64_t steps, batch, input, hidden, directions;
    bool batch_first;
    size_t state(int64_t direction, int64_t b) const {
        return static_cast<size_t>((batch_first ? b * directions + direction : direction * batch + b) *
                                   hidden);
    }
    size_t x(int64_t step, int64_t b) const {
        return static_cast<size_t>((batch_first ? b * steps + step : step * batch + b) * input);
    }
    size_t y(int64_t step, int64_t direction, int64_t b) const {
        return static_cast<size_t>((batch_first ? (b * steps + step) * directions + direction
                                                : (step * directions + direction) * batch + b) *
                                   hidden);
    }
};

std::vector<double> part(const std::vector<double>& values, size_t from, int64_t count) {
    return {values.begin() + static_cast<int64_t>(from), values.begin() + static_cast<int64_t>(from) + count};
}

template <const RecurrentKind& kind>
Status infer(InferContext& c) {
    TRY(const RecurrentSizes s,
        sizes_of(c, kind.gates, [&](int i) { return c.has(i) ? std::optional(c.shape(i)) : std::nullopt; }));
    TRY_STATUS(read_activations(c, kind.activations, kind.activation_count, s.directions));
    const Dim both(s.directions);
    c.output(0, c.dtype(0),
             s.batch_first ? Dims{s.batch, s.steps, both, s.hidden} : Dims{s.steps, both, s.batch, s.hidden});
    for (int i = 1; i < c.wanted_outputs(); ++i)
        c.output(i, c.dtype(0),
                 s.batch_first ? Dims{s.batch, both, s.hidden} : Dims{both, s.batch, s.hidden});
    return {};
}

template <const RecurrentKind& kind>
Status evaluate(EvalContext& c) {
    TRY(const RecurrentSizes s, sizes_of(c, kind.gates, [&](int i) {
            return c.has(i) ? std::optional(dims_of(c.in(i).shape())) : std::nullopt;
        }));
    TRY(const auto activations, read_activations(c, kind.activations, kind.activation_count, s.directions));
    const Run run{*s.steps.constant(),  *s.batch.constant(), *s.input.constant(),
                  *s.hidden.constant(), s.directions,        s.batch_first};
    const int64_t rows = kind.gates * run.hidden;
    const auto values_or_zeros = [&](int i, int64_t count) {
        return c.has(i) ? c.in(i).to_doubles() : std::vector<double>(static_cast<size_t>(count), 0);
    };
    const int64_t states = run.directions * run.batch * run.hidden;
    const auto x = c.in(0).to_doubles(), w = c.in(1).to_doubles(), r = c.in(2).to_doubles(),
               bias = values_or_zeros(3, run.directions * rows * 2),
               peepholes = values_or_zeros(7, run.directions * run.hidden * 3);
    auto h = values_or_zeros(5, states), cells = values_or_zeros(6, states);
    const Ints lengths = c.has(4) ? c.in(4).to_ints() : Ints(static_cast<size_t>(run.batch), run.steps);
    std::vector<double> y(static_cast<size_t>(run.steps * states), 0);
    for (int64_t d = 0; d < run.directions; ++d) {
        const bool backward = d == 1 || c.string("direction") == "reverse";
        const auto at = static_cast<size_t>(d);
        RecurrentLayer layer{run.input, run.hidden, kind.gates, w.data() + d * rows * run.input,
                             r.data() + d * rows * run.hidden};
        layer.wb = part(bias, at * static_cast<size_t>(2 * rows), rows);
        layer.rb = part(bias, at * static_cast<size_t>(2 * rows) + static_cast<size_t>(rows), rows);
        layer.p = part(peepholes, at * static_cast<size_t>(3 * run.hidden), 3 * run.hidden);
        layer.clip = c.number("clip");
        layer.f = activations.data() + at * kind.activation_count;
        for (int64_t b = 0; b < run.batch; ++b) {
            const int64_t length = lengths[static_cast<size_t>(b)];
            if (length < 0 || length > run.steps)
                return fail("sequence_lens holds {}, expected 0 to {}", length, run.steps);
            RecurrentState state{part(h, run.state(d, b), run.hidden),
                                 part(cells, run.state(d, b), run.hidden)};
            for (int64_t i = 0; i < length; ++i) {
                const int64_t step = backward ? length - 1 - i : i;
                kind.step(c, layer, x.data() + run.x(step, b), state);
                std::ranges::copy(state.h, y.begin() + static_cast<int64_t>(run.y(step, d, b)));
            }
            std::ranges::copy(state.h, h.begin() + static_cast<int64_t>(run.state(d, b)));
            std::ranges::copy(state.c, cells.begin() + static_cast<int64_t>(run.state(d, b)));
        }
    }
    const DType dtype = c.in(0).dtype();
    const Shape state = run.batch_first ? Shape{run.batch, run.directions, run.hidden}
                                        : Shape{run.directions, run.batch, run.hidden};
    c.output(0, tensor_from_doubles(dtype,
                                    run.batch_first ? Shape{run.batch, run.steps, run.directions, run.hidden}
                                                    : Shape{run.steps, run.directions, run.batch, run.hidden},
                                    y));
    if (c.wanted_outputs() > 1) c.output(1, tensor_from_doubles(dtype, state, h));
    if (c.wanted_outputs() > 2) c.output(2, tensor_from_doubles(dtype, state, cells));
    return {};
}

// Two products for each gate of each step.
double macs_of_recurrent(const CostContext& c) {
    const Shape &x = c.inputs[0], &w = c.inputs[1], &r = c.inputs[2];
    return static_cast<double>(x[0] * x[1]) * static_cast<double>(element_count(w) + element_count(r));
}

constexpr OpDef kRecurrentOps[] = {
    {.name = "lstm",
     .summary = "long short-term memory over a sequence",
     .inputs = kLstmIn,
     .outputs = kLstmOut,
     .attrs = kLstmAttrs,
     .infer = infer<kLstm>,
     .evaluate = evaluate<kLstm>,
     .macs = macs_of_recurrent,
     .samples = kLstmSamples,
     .cells = kLstmCells},
    {.name = "gru",
     .summary = "gated recurrent units over a sequence",
     .inputs = kRecurrentIn,
     .outputs = kRecurrentOut,
     .attrs = kGruAttrs,
     .infer = infer<kGru>,
     .evaluate = evaluate<kGru>,
     .macs = macs_of_recurrent,
     .samples = kGruSamples,
     .cells = kGruCells},
    {.name = "rnn",
     .summary = "an Elman network over a sequence",
     .inputs = kRecurrentIn,
     .outputs = kRecurrentOut,
     .attrs = kRnnAttrs,
     .infer = infer<kRnn>,
     .evaluate = evaluate<kRnn>,
     .macs = macs_of_recurrent,
     .samples = kRnnSamples,
     .cells = kRnnCells},
};

}  // namespace

std::span<const OpDef> recurrent_ops() { return kRecurrentOps; }

}  // namespace lathe::ops
