// Operators whose lowering has cases that samples do not reach: random sizes and attributes, views as operands.
#include "run/cpu/compare_engines.h"

namespace lathe::run::cpu {
namespace {

class Random {
public:
    explicit Random(uint64_t seed) : random_(seed) {}
    int64_t operator()(int64_t low, int64_t high) {
        return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1));
    }
    template <class T>
    const T& of(const std::vector<T>& list) {
        return list[static_cast<size_t>((*this)(0, static_cast<int64_t>(list.size()) - 1))];
    }

private:
    std::mt19937_64 random_;
};

std::string list(const std::vector<int64_t>& numbers) { return to_string(Shape(numbers)); }

TEST(Lowerings, TransposedConvolutions) {
    Random pick(5);
    for (int round = 0; round < 70; ++round) {
        const auto rank = static_cast<size_t>(pick(1, 3));
        const bool single = pick(0, 3) == 0;
        const int64_t groups = single ? pick(2, 20) : pick(0, 2) == 0 ? pick(2, 3) : 1;
        const int64_t in = single ? 1 : pick(1, 12), out = single ? 1 : pick(1, 20);
        Shape x{pick(1, 9), groups * in}, w{groups * in, out};
        std::vector<int64_t> strides, dilations, begins, ends, extra;
        for (size_t i = 0; i < rank; ++i) {
            strides.push_back(pick(1, 3));
            dilations.push_back(pick(1, 2));
            extra.push_back(pick(0, std::max(strides[i], dilations[i]) - 1));
            x.push_back(pick(1, 5));
            w.push_back(pick(1, 4));
            const int64_t full = (x[i + 2] - 1) * strides[i] + (w[i + 2] - 1) * dilations[i] + 1 + extra[i];
            begins.push_back(pick(0, std::min<int64_t>(2, (full - 1) / 2)));
            ends.push_back(pick(0, std::min<int64_t>(2, (full - 1) / 2)));
        }
        begins.insert(begins.end(), ends.begin(), ends.end());
        const Shape b{groups * out};
        compare_text(
            declare("x", x) + declare("w", w) + declare("wb", b), {x, w, b},
            format("y = conv_transpose(x, w{}, strides={}, dilations={}, pads={}, output_padding={}, "
                   "group={})\nz = relu(y)\noutput y, z",
                   round % 2 == 0 ? ", wb" : "", list(strides), list(dilations), list(begins), list(extra),
                   groups));
    }
}

TEST(Lowerings, Resizing) {
    Random pick(9);
    const std::vector<std::string> coordinates{"half_pixel", "pytorch_half_pixel", "align_corners",
                                               "asymmetric", "half_pixel_symmetric"};
    for (int round = 0; round < 60; ++round) {
        const int64_t rank = pick(1, 2);
        const std::string mode = pick.of<std::string>({"nearest", "linear", "cubic"});
        Shape x{pick(1, 3), pick(1, 20)};
        std::vector<int64_t> sizes, axes;
        for (int64_t i = 0; i < rank; ++i) {
            x.push_back(pick(1, 9));
            sizes.push_back(pick(1, 20));
            axes.push_back(i + 2);
        }
        const bool antialias = mode != "nearest" && pick(0, 3) == 0;
        const std::string body =
            format("y = resize({}, sizes={}, axes={}, mode=\"{}\", coordinate_transformation_mode=\"{}\", "
                   "nearest_mode=\"{}\", antialias={}, exclude_outside={})\noutput y",
                   round % 2 == 0 ? "x" : "v", list(sizes), list(axes), mode, pick.of(coordinates),
                   pick.of<std::string>({"floor", "round_prefer_floor", "ceil"}),
                   antialias ? "true" : "false", mode == "cubic" && pick(0, 1) == 0 ? "true" : "false");
        // A view whose channels lie together, as convolutions leave them.
        std::string perm = rank == 1 ? "[0, 2, 1]" : "[0, 3, 1, 2]";
        Shape lying{x[0]};
        lying.insert(lying.end(), x.begin() + 2, x.end());
        lying.push_back(x[1]);
        if (round % 2 == 0) compare_text(declare("x", x), {x}, body);
        else compare_text(declare("x", lying), {lying}, format("v = transpose(x, perm={})\n", perm) + body);
    }
}

TEST(Lowerings, Padding) {
    Random pick(21);
    for (int round = 0; round < 60; ++round) {
        const std::string mode = pick.of<std::string>({"constant", "reflect", "edge", "wrap"}),
                          type = pick.of<std::string>({"f32", "i64", "bool", "f16"});
        const auto rank = static_cast<size_t>(pick(1, 4));
        Shape x;
        std::vector<int64_t> pads(2 * rank);
        for (size_t i = 0; i < rank; ++i) {
            x.push_back(pick(2, 6));
            for (const size_t side : {i, rank + i}) pads[side] = pick(0, 2) == 0 ? 0 : pick(-1, 4);
            if (pads[i] + pads[rank + i] <= -x[i]) pads[i] = 0;
        }
        compare_text(declare("x", x, type), {x},
                     format("t = transpose(x)\ny = pad(x, pads={}, mode=\"{}\"{})\n"
                            "z = pad(t, pads={}, mode=\"{}\")\noutput y, z",
                            list(pads), mode, mode == "constant" ? ", constant_value=1.0" : "", list([&] {
                                std::vector<int64_t> turned(pads);
                                for (size_t i = 0; i < rank; ++i) {
                                    turned[i] = pads[rank - 1 - i];
                                    turned[rank + i] = pads[2 * rank - 1 - i];
                                }
                                return turned;
                            }()),
                            mode));
    }
}

TEST(Lowerings, TakingByIndex) {
    Random pick(2);
    for (int round = 0; round < 40; ++round) {
        const int64_t axis = pick(0, 2);
        const Shape x{pick(2, 5), pick(2, 5), pick(2, 9)},
            at = pick(0, 1) == 0 ? Shape{pick(1, 7)} : Shape{2, 3};
        for (const std::string type : {"i64", "i32"})
            for (const std::string name : {"i", "w"})
                compare_text(declare("x", x) + declare(name, at, type), {x, at},
                             format("t = transpose(x, perm=[2, 0, 1])\ny = gather(x, {}, axis={})\n"
                                    "z = gather(t, {}, axis={})\noutput y, z",
                                    name, axis, name, axis));
        compare_text(declare("x", x), {x},
                     format("y = tile(x, repeats=[{}, {}, {}])\ns = slice(y, starts=[1], ends=[100], "
                            "axes=[2], steps=[2])\nz = exp(s)\noutput y, z",
                            pick(1, 3), pick(1, 2), pick(1, 3)));
    }
    const Shape x{2, 24, 3, 5}, y{2, 3, 6, 10};
    for (const std::string mode : {"DCR", "CRD"})
        compare_text(declare("x", x), {x},
                     format("c = exp(x)\ny = depth_to_space(c, blocksize=2, mode=\"{}\")\n"
                            "z = space_to_depth(y, blocksize=2)\noutput y, z",
                            mode));
    // An index that lies outside is an error at run time in both.
    compare_text(declare("x", {2, 3}) + declare("i", {40}, "i64"), {{2, 3}, {40}},
                 "j = add(i, i)\ny = gather(x, j, axis=0)\noutput y");
}

TEST(Lowerings, LinesOfAnAxis) {
    Random pick(8);
    for (int round = 0; round < 30; ++round) {
        const int64_t axis = pick(0, 2);
        const Shape x{pick(1, 6), pick(1, 9), round % 3 == 0 ? pick(120, 300) : pick(1, 9)};
        const std::string last = pick(0, 1) == 0 ? "true" : "false",
                          keep = pick(0, 1) == 0 ? "true" : "false";
        compare_text(
            declare("x", x), {x},
            format("r = round(x)\nt = transpose(r, perm=[2, 0, 1])\na = arg_max(r, axis={}, keepdims={}, "
                   "select_last_index={})\nb = arg_min(t, axis={}, keepdims={}, select_last_index={})\n"
                   "v, i = top_k(r, k={}, axis={}, largest={})\nc = cumsum(t, axis={}, exclusive={}, "
                   "reverse={})\noutput a, b, v, i, c",
                   axis, keep, last, axis, keep, last, pick(1, x[static_cast<size_t>(axis)]), axis, last,
                   axis, keep, last));
    }
}

// Truths and integers among floats, inside groups and at their ends.
TEST(Lowerings, ChainsOfTruths) {
    const Shape a{3, 4, 7}, b{4, 1}, c{7};
    const std::string operands = declare("a", a) + declare("b", b) + declare("c", c) +
                                 declare("k", a, "bool") + declare("i", a, "i64") + declare("j", c, "i32") +
                                 declare("u", a, "u8") + declare("wn", c);
    const std::vector<Shape> shapes{a, b, c, a, a, c, a, c};
    const auto run = [&](const std::string& body) { compare_text(operands, shapes, body); };
    run("l = less(a, b)\ny = where(l, a, c)\noutput y, l");
    run("g = greater(a, b)\nn = logical_not(g)\no = logical_or(n, k)\ny = where(o, b, a)\noutput y, o");
    run("e = greater_equal(a, c)\nx = logical_xor(e, k)\nm = cast(x, to=f32)\ny = mul(a, m)\noutput y");
    run("f = cast(i, to=f32)\nh = cast(j, to=f32)\ny = mul(f, h)\nz = add(y, a)\noutput z");
    run("f = cast(u, to=f32)\nd = cast(a, to=bool)\ne = cast(d, to=f32)\nz = sub(f, e)\noutput z, d");
    run("p = prelu(a, b)\ns = selu(p)\nt = celu(s, alpha=0.5)\nv = softsign(t)\nw = silu(v, alpha=1.5)\noutput w, p");
    run("t = transpose(k, perm=[0, 2, 1])\nn = logical_not(t)\ns = transpose(a, perm=[0, 2, 1])\ny = where(n, s, s)\n"
        "e = equal(s, y)\noutput e, n");
    run("l = less_equal(a, wn)\nm = logical_and(l, k)\nn = is_nan(a)\no = logical_or(m, n)\noutput o");
    run("c2 = cast(a, to=i32)\nd = cast(c2, to=f32)\ny = add(d, a)\noutput y, c2");
}

TEST(Lowerings, ChannelNorms) {
    Random pick(4);
    for (int round = 0; round < 25; ++round) {
        const int64_t groups = pick(1, 5), channels = groups * pick(1, 20);
        Shape x{pick(1, 4), channels};
        for (int64_t rank = pick(1, 3); rank > 0; --rank) x.push_back(pick(1, 9));
        const Shape s{channels};
        compare_text(
            declare("x", x) + declare("w", s) + declare("wb", s), {x, s, s},
            format("y = instance_norm(x, w, wb, epsilon=0.01)\nz = group_norm(x, w, wb, num_groups={})\n"
                   "r = relu(z)\noutput y, r",
                   groups));
    }
}

TEST(Lowerings, OperatorsThatAreTakenApart) {
    const Shape x{2, 5, 4, 6}, c{5};
    const auto run = [&](const std::string& body) {
        compare_text(declare("x", x) + declare("w", c) + declare("wv", c), {x, c, c}, body);
    };
    run("v = mul(wv, wv)\ny = batch_norm(x, w, wv, w, v)\nz = relu(y)\noutput z");
    run("y = einsum(x, x, equation=\"bchw,bcij->bhwij\")\noutput y");
    run("y = log_softmax(x, axis=1)\nz = lp_norm(x, axis=1)\noutput y, z");
    run("y = reduce_l1(x, axes=[1, 2])\nz = reduce_log_sum_exp(x, axes=[3], keepdims=false)\nv = reduce_l2(x)\noutput y, z, v");
    run("y = mean_variance_norm(x)\nz = shrink(y)\noutput z");
}

}  // namespace
}  // namespace lathe::run::cpu
