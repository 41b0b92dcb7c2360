#include "ops/attention_shape.h"

#include <cmath>

#include "ops/kernel_support.h"

namespace lathe::ops {

using namespace graph;

namespace {

// Heads, positions and size of a head of one operand.
struct Layout {
    Dim heads, positions, size;
};
Result<Layout> layout_of(const Dims& x, std::string_view name, int64_t heads) {
    if (x.size() == 4) {
        if (heads != 0 && surely_differ(x[1], Dim(heads)))
            return fail("{} {} has {} heads, expected {}", name, to_string(x), x[1].text(), heads);
        return Layout{x[1], x[2], x[3]};
    }
    if (x.size() != 3) return fail("{} is {}, expected 3 or 4 axes", name, to_string(x));
    if (heads < 1) return fail("{} has 3 axes, so that the number of heads must be given", name);
    if (const auto hidden = x[2].constant(); hidden && *hidden % heads != 0)
        return fail("{} {} does not divide into {} heads", name, to_string(x), heads);
    return Layout{Dim(heads), x[1], Dim::floor_div(x[2], Dim(heads))};
}

Status check_past(const std::optional<Dims>& past, const AttentionDims& d, const Dim& size,
                  std::string_view name) {
    if (past->size() != 4 || surely_differ((*past)[0], d.batch) || surely_differ((*past)[1], d.kv_heads) ||
        surely_differ((*past)[3], size) || surely_differ((*past)[2], d.past))
        return fail("{} is {}, expected {}", name, to_string(*past),
                    to_string(Dims{d.batch, d.kv_heads, d.past, size}));
    return {};
}

Status check_mask(const Dims& mask, const AttentionDims& d) {
    const Dims full{d.batch, d.q_heads, d.queries, d.total};
    bool fits = mask.size() <= 4;
    for (size_t i = 0; fits && i < mask.size(); ++i) {
        const Dim& size = full[i + 4 - mask.size()];
        const bool last = i + 1 == mask.size();
        if (!mask[i].is_constant() || mask[i] == Dim(1) || !size.is_constant()) continue;
        fits = last ? *mask[i].constant() <= *size.constant() : mask[i] == size;
    }
    if (!fits) return fail("attn_mask {} does not broadcast to {}", to_string(mask), to_string(full));
    return {};
}

}  // namespace

Dims AttentionDims::y() const {
    if (merged) return {batch, queries, q_heads * value_size};
    return {batch, q_heads, queries, value_size};
}

Result<AttentionDims> attention_dims(const AttrReader& c,
                                     const std::function<std::optional<Dims>(int)>& shape) {
    const Dims q = *shape(0), k = *shape(1), v = *shape(2);
    if (q.size() != k.size() || q.size() != v.size())
        return fail("q, k and v are {}, {} and {}, expected as many axes of each", to_string(q), to_string(k),
                    to_string(v));
    TRY(const Layout ql, layout_of(q, "q", c.integer("q_num_heads")));
    TRY(const Layout kl, layout_of(k, "k", c.integer("kv_num_heads")));
    TRY(const Layout vl, layout_of(v, "v", c.integer("kv_num_heads")));
    AttentionDims d{q[0],   ql.heads,     kl.heads, ql.positions, kl.positions,
                    Dim(0), kl.positions, ql.size,  vl.size,      q.size() == 3};
    if (surely_differ(k[0], d.batch) || surely_differ(v[0], d.batch))
        return fail("q, k and v have different batches: {}, {}, {}", q[0].text(), k[0].text(), v[0].text());
    if (surely_differ(ql.size, kl.size))
        return fail("heads of q have {} numbers, those of k {}", ql.size.text(), kl.size.text());
    if (surely_differ(kl.positions, vl.positions) || surely_differ(kl.heads, vl.heads))
        return fail("k {} and v {} do not fit each other", to_string(k), to_string(v));
    const auto of_q = d.q_heads.constant(), of_k = d.kv_heads.constant();
    if (of_q && of_k && (*of_k == 0 || *of_q % *of_k != 0))
        return fail("{} heads of q cannot share {} of k", *of_q, *of_k);
    const auto past_key = shape(4), past_value = shape(5);
    if (past_key.has_value() != past_value.has_value())
        return fail("past_key and past_value must be given together");
    if (past_key) {
        if (past_key->size() == 4) d.past = (*past_key)[2];
        TRY_STATUS(check_past(past_key, d, d.key_size, "past_key"));
        TRY_STATUS(check_past(past_value, d, d.value_size, "past_value"));
        d.total = d.past + d.keys;
    }
    if (const auto mask = shape(3)) TRY_STATUS(check_mask(*mask, d));
    if (const auto valid = shape(6)) {
        if (past_key) return fail("nonpad_kv_seqlen and past_key exclude each other");
        if (valid->size() != 1 || surely_differ((*valid)[0], d.batch))
            return fail("nonpad_kv_seqlen is {}, expected [{}]", to_string(*valid), d.batch.text());
    }
    if (const int64_t mode = c.integer("qk_matmul_output_mode"); mode < 0 || mode > 3)
        return fail("qk_matmul_output_mode is {}, expected 0 to 3", mode);
    return d;
}

namespace {

// Lines of the body, written from top to bottom.
struct AttentionBody {
    const InferContext& c;
    const AttentionDims& d;
    std::string text;
    std::string q = "q", k = "k", v = "v", scores = "raw";

    template <class... Args>
    void line(format_string<Args...> pattern, Args&&... args) {
        text += fmt::vformat(pattern, fmt::make_format_args(args...)) + "\n";
    }
    bool grouped() const { return d.q_heads != d.kv_heads; }

    void split_heads() {
        if (!d.merged) return;
        for (const auto& [name, heads] :
             {std::pair("q", d.q_heads), std::pair("k", d.kv_heads), std::pair("v", d.kv_heads)}) {
            line("{}s = reshape({}, shape=[0, 0, {}, -1])", name, name, heads.text());
            line("{}h = transpose({}s, perm=[0, 2, 1, 3])", name, name);
        }
        q = "qh", k = "kh", v = "vh";
    }

    void join_past() {
        for (auto [from, past, present, place] : {std::tuple(&k, "past_key", "present_key", 1),
                                                  std::tuple(&v, "past_value", "present_value", 2)}) {
            if (!c.has(4) && c.wanted_outputs() <= place) continue;
            if (c.has(4)) line("{} = concat({}, {}, axis=2)", present, past, *from);
            else line("{} = identity({})", present, *from);
            *from = present;
        }
    }

    // [B, q_heads, T, …] with the heads that share keys as rows of one head: [B, kv_heads, rows, …], and back.
    std::string share(const std::string& from, const std::string& to) {
        if (!grouped()) return from;
        line("{} = reshape({}, shape=[0, {}, -1, 0])", to, from, d.kv_heads.text());
        return to;
    }
    std::string unshare(const std::string& from, const std::string& to) {
        if (!grouped()) return from;
        line("{} = reshape({}, shape=[0, {}, -1, 0])", to, from, d.q_heads.text());
        return to;
    }

    void show(int64_t stage) {
        if (c.wanted_outputs() > 3 && c.integer("qk_matmul_output_mode") == stage)
            line("qk_matmul_output = identity({})", scores);
    }

    void multiply_keys() {
        if (c.number("scale") != 0) line("const factor: q[] = [$scale]");
        else line("const factor: q[] = [{}]", 1 / std::sqrt(static_cast<double>(*d.key_size.constant())));
        line("scaled = mul({}, factor)", q);
        line("kt = transpose({}, perm=[0, 1, 3, 2])", k);
        line("product = matmul({}, kt)", share("scaled", "rows"));
        scores = unshare("product", "raw");
        show(0);
        if (c.number("softcap") != 0) {
            line("const cap: q[] = [$softcap]");
            line("over = div({}, cap)\nbent = tanh(over)\ncapped = mul(bent, cap)", scores);
            scores = "capped";
        }
        show(1);
    }

    // What takes the place of a score that may not be seen: as low as the type goes, but finite, so that no NaN comes of it.
    void lowest() { line("const lowest: q[] = [{}]", c.dtype(0) == DType::kF16 ? "-65504.0" : "-3e+38"); }

    void apply_mask() {
        if (!c.has(3)) return;
        if (c.dtype(3) == DType::kBool) {
            line("masked = where(attn_mask, {}, lowest)", scores);
        } else {
            line("masked = add({}, attn_mask)", scores);
        }
        scores = "masked";
    }

    // What may be seen follows from positions: of queries, a column [T, 1] (by batch [B, 1, T, 1]), and of keys, a row [S].
    void apply_positions() {
        const int64_t left = c.integer("left_window_size"), right = c.integer("right_window_size");
        std::vector<std::string> rules;
        line("const zero: i64[] = [0]\nconst one: i64[] = [1]\nconst two: i64[] = [2]");
        line("q_sizes = shape_of({})\nn = gather(q_sizes, two)\nk_sizes = shape_of({})\n"
             "m = gather(k_sizes, two)",
             q, k);
        line("first = range(zero, n, one)\nline = unsqueeze(first, axes=[1])\nrow = range(zero, m, one)");
        if (c.has(4)) line("past_sizes = shape_of(past_key)\noffset = gather(past_sizes, two)");
        if (c.has(6)) line("valid = reshape(nonpad_kv_seqlen, shape=[-1, 1, 1, 1])\noffset = sub(valid, n)");
        const std::string_view column = c.has(4) || c.has(6) ? "column" : "line";
        if (column == "column") line("column = add(line, offset)");
        const auto rule = [&](std::string_view name, std::string_view body) {
            line("{} = {}", name, body);
            rules.emplace_back(name);
        };
        if (c.has(6)) rule("real", "less(row, valid)");
        if (c.flag("is_causal")) rule("before", format("less_equal(row, {})", column));
        if (left >= 0)
            line("const left: i64[] = [{}]\nleast = sub({}, left)", left, column),
                rule("above", "greater_equal(row, least)");
        if (right >= 0)
            line("const right: i64[] = [{}]\nmost = add({}, right)", right, column),
                rule("below", "less_equal(row, most)");
        std::string seen = rules[0];
        for (size_t i = 1; i < rules.size(); ++i) {
            line("seen{} = logical_and({}, {})", i, seen, rules[i]);
            seen = format("seen{}", i);
        }
        line("visible = where({}, {}, lowest)", seen, scores);
        scores = "visible";
    }
    bool positions_matter() const {
        return c.has(6) || c.flag("is_causal") || c.integer("left_window_size") >= 0 ||
               c.integer("right_window_size") >= 0;
    }

    void multiply_values() {
        show(2);
        line("p = softmax({})", scores);
        scores = "p";
        show(3);
        line("{} = matmul({}, {})", grouped() ? "shared" : "heads", share("p", "weights"), v);
        unshare("shared", "heads");
        if (!d.merged) line("y = identity(heads)");
        else line("side = transpose(heads, perm=[0, 2, 1, 3])\ny = reshape(side, shape=[0, 0, -1])");
    }
};

}  // namespace

Result<std::string> write_attention(const InferContext& c) {
    TRY(const AttentionDims d,
        attention_dims(c, [&](int i) { return c.has(i) ? std::optional(c.shape(i)) : std::nullopt; }));
    if (c.has(3) && !c.shape(3).empty() && c.shape(3).back() != d.total && c.shape(3).back() != Dim(1))
        return fail("the mask {} is shorter than the keys", to_string(c.shape(3)));
    if (c.has(3) && c.dtype(3) != DType::kBool && c.dtype(3) != c.dtype(0))
        return fail("the mask is of another type than q");
    if (c.dtype(2) != c.dtype(0)) return fail("v is of another type than q");
    if (!d.q_heads.is_constant() || !d.kv_heads.is_constant() || !d.key_size.is_constant())
        return fail("the sizes of its heads must be known");
    AttentionBody body{.c = c, .d = d};
    body.split_heads();
    body.join_past();
    body.multiply_keys();
    body.lowest();
    body.apply_mask();
    if (body.positions_matter()) body.apply_positions();
    body.multiply_values();
    return body.text;
}

}  // namespace lathe::ops
