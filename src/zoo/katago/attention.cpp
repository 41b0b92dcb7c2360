// Self-attention over the points of the board, with rotary position embedding in two directions.
#include <cmath>

#include "zoo/katago/katago.h"
#include "zoo/katago/layers.h"

namespace lathe::zoo::katago {

using graph::kNoValue;

namespace {

// What is added to the logits of keys off the board: far below every true logit, and within f16.
constexpr double kOffBoard = 3e4;

// Columns of a query or key matrix in the order that rotation likes: of each head, the first halves of all pairs, then
// the second halves. Queries and keys change alike, so that their products stay the same. The factor 1/sqrt(size) of
// the logits is multiplied into the queries here, rather than into the S x S logits of every run.
Matrix halves_apart(const Matrix& matrix, int64_t heads, double factor) {
    const Tensor plain = matrix.weight.to_contiguous();
    const auto in = static_cast<size_t>(matrix.in()), out = static_cast<size_t>(matrix.out());
    const size_t size = out / static_cast<size_t>(heads), pairs = size / 2;
    TensorBuilder builder(DType::kF32, {matrix.in(), matrix.out()});
    const auto from = plain.values<float>();
    const auto to = builder.values<float>();
    for (size_t i = 0; i < in * out; ++i) {
        const size_t head = i / size,
                     at = i % size;  // columns of a head are next to one another in every row
        const size_t source = head * size + (at % pairs) * 2 + at / pairs;
        to[i] = static_cast<float>(from[source] * factor);
    }
    return {.key = matrix.key, .weight = builder.finish()};
}

Matrix scaled(const Matrix& matrix, double factor) {
    std::vector<double> values = matrix.weight.to_doubles();
    for (double& value : values) value *= factor;
    return {.key = matrix.key, .weight = tensor_from_doubles(DType::kF32, matrix.weight.shape(), values)};
}

// The same order for the norm of a head; the factor goes into its weight.
RmsNorm halves_apart(const RmsNorm& norm, bool rotates, double factor) {
    const int64_t size = norm.weight.count();
    const Matrix row{.key = norm.key, .weight = norm.weight.reshaped({1, size})};
    RmsNorm result = norm;
    result.weight = (rotates ? halves_apart(row, 1, factor) : scaled(row, factor)).weight.reshaped({size});
    return result;
}

// Radians a step for each pair: the first half of the pairs turns with y, the second with x.
Tensor fixed_frequencies(double theta, int64_t pairs) {
    std::vector<float> values(static_cast<size_t>(pairs * 2));
    const int64_t half = pairs / 2;
    for (int64_t p = 0; p < pairs; ++p) {
        const double frequency =
            std::pow(theta, -static_cast<double>(2 * (p % half)) / static_cast<double>(pairs));
        values[static_cast<size_t>(2 * p + (p < half ? 1 : 0))] = static_cast<float>(frequency);
    }
    return Tensor::of<float>({1, pairs, 2}, std::span<const float>(values));
}

// f(step * frequency[head, pair, direction]), in the shape [heads, length, 1, pairs] for y, [heads, 1, length, pairs] for x.
template <class F>
Tensor angle_table(const Tensor& frequencies, int64_t direction, F f) {
    const int64_t heads = frequencies.dim(0), pairs = frequencies.dim(1);
    std::vector<double> values;
    const auto all = frequencies.to_doubles();
    for (int64_t head = 0; head < heads; ++head)
        for (int64_t step = 0; step < kLongestBoard; ++step)
            for (int64_t pair = 0; pair < pairs; ++pair)
                values.push_back(f(static_cast<double>(step) *
                                   all[static_cast<size_t>((head * pairs + pair) * 2 + direction)]));
    const Shape shape =
        direction == 0 ? Shape{heads, 1, kLongestBoard, pairs} : Shape{heads, kLongestBoard, 1, pairs};
    return tensor_from_doubles(DType::kF32, shape, values);
}

double cosine_of(double x) { return std::cos(x); }
double sine_of(double x) { return std::sin(x); }

}  // namespace

// The angle of a point is the sum of one by its row and one by its column; the tables hold only those.
Layers::RotationTables Layers::make_tables(const std::string& name, const Tensor& frequencies) {
    const auto cut = [&](const char* what, int64_t direction, double (*f)(double)) {
        const ValueId table = constant(name + what, angle_table(frequencies, direction, f));
        return direction == 0 ? slice(table, 2, 0, width) : slice(table, 1, 0, height);
    };
    const ValueId cos_x = cut(".cos_x", 0, cosine_of),
                  sin_x = cut(".sin_x", 0, sine_of);  // [heads, 1, width, pairs]
    const ValueId cos_y = cut(".cos_y", 1, cosine_of),
                  sin_y = cut(".sin_y", 1, sine_of);  // [heads, height, 1, pairs]
    const ValueId cosine = sub(mul(cos_y, cos_x), mul(sin_y, sin_x));  // [heads, height, width, pairs]
    const ValueId sine = add(mul(sin_y, cos_x), mul(cos_y, sin_x));
    const graph::Dims shape{frequencies.dim(0), height * width, frequencies.dim(1)};
    return {reshape(cosine, shape), reshape(sine, shape)};
}

Layers::RotationTables Layers::rotation_tables(const Attention& attention) {
    const Rotary& rotary = *attention.rotary;
    if (rotary.frequencies) return make_tables(attention.norm.key + ".rope", *rotary.frequencies);
    const std::string name = format("rope_{}_{}", rotary.theta, attention.query_size);
    const auto found = shared_tables_.find(name);
    if (found != shared_tables_.end()) return found->second;
    return shared_tables_[name] =
               make_tables(name, fixed_frequencies(rotary.theta, attention.query_size / 2));
}

// x: [batch, heads, …, S, size], halves apart: (a, b) -> (a cos - b sin, a sin + b cos).
ValueId Layers::rotate(ValueId x, const RotationTables& tables, int64_t size) {
    const ValueId a = slice(x, -1, 0, size / 2), c = slice(x, -1, size / 2, size);
    return concat(
        {sub(mul(a, tables.cosine), mul(c, tables.sine)), add(mul(a, tables.sine), mul(c, tables.cosine))},
        -1);
}

ValueId Layers::heads_first(ValueId x, int64_t heads, int64_t size) {
    return transpose(reshape(x, {batch, height * width, heads, size}), {0, 2, 1, 3});
}

// Heads that share keys and values (grouped queries) lie behind one another as more rows of queries, so that every
// product is of one key-value head.
Board Layers::run(Board& x, const Attention& a) {
    const graph::Dim points_count = height * width;
    const int64_t group = a.heads / a.kv_heads;
    const bool rotates = a.rotary.has_value();
    const double logit_scale = 1.0 / std::sqrt(static_cast<double>(a.query_size));
    const double scale = a.q_norm ? 1 : logit_scale;  // a norm would undo it
    const ValueId normed = rms_norm(points(x), a.norm);  // [batch, S, C]
    const Matrix q_weight = rotates ? halves_apart(a.q, a.heads, scale) : scaled(a.q, scale);
    const Matrix k_weight = rotates ? halves_apart(a.k, a.kv_heads, 1) : a.k;
    ValueId q = heads_first(matrix(normed, q_weight), a.heads, a.query_size);  // [batch, heads, S, Dq]
    ValueId k = heads_first(matrix(normed, k_weight), a.kv_heads, a.query_size);  // [batch, kv, S, Dq]
    const ValueId v = heads_first(matrix(normed, a.v), a.kv_heads, a.value_size);  // [batch, kv, S, Dv]
    if (rotates) {
        const RotationTables tables = rotation_tables(a);
        k = rotate(k, tables, a.query_size);
        RotationTables for_queries = tables;
        if (group > 1 && a.rotary->frequencies) {  // one table for the heads of a group
            for_queries.cosine = b.add("unsqueeze", {tables.cosine}, {{"axes", graph::Ints{1}}});
            for_queries.sine = b.add("unsqueeze", {tables.sine}, {{"axes", graph::Ints{1}}});
            q = reshape(q, {batch, a.kv_heads, group, points_count, a.query_size});
        }
        q = rotate(q, for_queries, a.query_size);
    }
    if (a.q_norm) q = rms_norm(q, halves_apart(*a.q_norm, rotates, logit_scale));
    if (a.k_norm) k = rms_norm(k, halves_apart(*a.k_norm, rotates, 1));
    if (group > 1) q = reshape(q, {batch, a.kv_heads, points_count * group, a.query_size});
    if (key_bias_ == kNoValue)
        key_bias_ = reshape(mul(off_board, number(kOffBoard)), {batch, 1, 1, points_count});
    const ValueId logits =
        add(b.add("matmul", {q, transpose(k, {0, 1, 3, 2})}), key_bias_);  // [batch, kv, rows, S]
    const ValueId share = b.add("softmax", {logits}, {{"axis", int64_t{-1}}});
    ValueId y = b.add("matmul", {share, v});  // [batch, kv, rows, Dv]
    if (group > 1) y = reshape(y, {batch, a.heads, points_count, a.value_size});
    y = reshape(transpose(y, {0, 2, 1, 3}),
                {batch, points_count, a.heads * a.value_size});  // [batch, S, heads*Dv]
    return {.points = matrix(y, a.out), .channels = x.channels};  // [batch, S, C]
}

}  // namespace lathe::zoo::katago
