// Graphs of quantised operators, by this engine and by the reference: sums must be equal, codes differ by at most one, where
// the number was within rounding of the middle between two.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "base/format.h"
#include "base/text.h"
#include "graph/text_form.h"
#include "ops/ops.h"
#include "run/cpu/cpu.h"
#include "run/reference.h"

namespace lathe::run::cpu {
namespace {

class QuantizedRandom {
public:
    explicit QuantizedRandom(uint64_t seed) : random_(seed) {}
    int64_t pick(int64_t low, int64_t high) {
        return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1));
    }
    bool chance() { return pick(0, 1) == 0; }
    double number(double low, double high) {
        return std::uniform_real_distribution<double>(low, high)(random_);
    }
    Tensor tensor(DType dtype, const Shape& shape, double low, double high) {
        std::vector<double> values(static_cast<size_t>(element_count(shape)));
        for (double& x : values)
            x = is_float(dtype)
                    ? number(low, high)
                    : static_cast<double>(pick(static_cast<int64_t>(low), static_cast<int64_t>(high)));
        return tensor_from_doubles(dtype, shape, values);
    }
    Tensor codes(DType dtype, const Shape& shape) {
        return dtype == DType::kI8 ? tensor(dtype, shape, -128, 127) : tensor(dtype, shape, 0, 255);
    }

private:
    std::mt19937_64 random_;
};

// A graph in text form, with operands that are constants and others.
class QuantizedCase {
public:
    void constant(const std::string& name, const Tensor& tensor) {
        declare(name, tensor);
        constants_[name] = tensor;
    }
    void input(const std::string& name, const Tensor& tensor) {
        declare(name, tensor);
        inputs_.push_back(tensor);
    }
    // Runs it by all kernels, on one thread and on three.
    void check(const std::string& body) const {
        SCOPED_TRACE(text_ + body);
        auto graph = graph::parse_text(text_ + body, ops::find_op);
        ASSERT_TRUE(graph.has_value()) << graph.error().message;
        std::vector<graph::ValueId> left;
        for (const graph::ValueId id : graph->inputs) {
            const auto found = constants_.find((*graph)[id].name);
            if (found == constants_.end()) left.push_back(id);
            else (*graph)[id].constant = found->second;
        }
        graph->inputs = left;
        const auto expected = run_reference(*graph, inputs_);
        ASSERT_TRUE(expected.has_value()) << expected.error().message;
        static ThreadPool pools[] = {ThreadPool(1), ThreadPool(3)};
        for (const Kernels* kernels : available_kernels()) {
            std::vector<Tensor> first;
            for (ThreadPool& pool : pools) {
                const auto program = make_engine(pool, {.kernels = kernels})->plan(*graph);
                ASSERT_TRUE(program.has_value()) << program.error().message;
                const auto found = (*program)->run(inputs_);
                ASSERT_TRUE(found.has_value()) << found.error().message;
                EXPECT_EQ(join((*program)->notes(), "; "), "");  // nothing runs by the reference
                for (size_t i = 0; i < expected->size(); ++i)
                    ASSERT_NO_FATAL_FAILURE(compare((*found)[i], (*expected)[i]))
                        << kernels->name << ", result " << i;
                if (first.empty()) first = *found;
                for (size_t i = 0; i < first.size(); ++i)
                    ASSERT_TRUE(std::ranges::equal(first[i].bytes(), (*found)[i].bytes())) << "other bits";
            }
        }
    }

private:
    void declare(const std::string& name, const Tensor& tensor) {
        text_ += format("input {}: {}{}\n", name, name_of(tensor.dtype()), to_string(tensor.shape()));
    }
    static void compare(const Tensor& found, const Tensor& expected) {
        ASSERT_EQ(found.shape(), expected.shape());
        ASSERT_EQ(found.dtype(), expected.dtype());
        const auto a = found.to_doubles(), b = expected.to_doubles();
        double largest = 1;
        size_t apart = 0;
        for (const double x : b) largest = std::max(largest, std::fabs(x));
        for (size_t i = 0; i < a.size(); ++i) {
            if (found.dtype() == DType::kI32) {
                ASSERT_EQ(a[i], b[i]) << "at " << i;
            } else if (found.dtype() == DType::kF32) {
                ASSERT_LE(std::fabs(a[i] - b[i]), 1e-5 * largest) << "at " << i;
            } else {
                ASSERT_LE(std::fabs(a[i] - b[i]), 1) << "at " << i;
                apart += a[i] != b[i] ? 1 : 0;
            }
        }
        EXPECT_LE(apart, 1 + a.size() / 500);
    }

    std::string text_;
    std::map<std::string, Tensor> constants_;
    std::vector<Tensor> inputs_;
};

Tensor one(DType dtype, double value) { return tensor_from_doubles(dtype, {}, std::span(&value, 1)); }

struct ConvCase {
    Shape x, w;
    std::string attrs;
};
ConvCase random_conv(QuantizedRandom& r) {
    const int64_t kind = r.pick(0, 3), groups = kind == 0 ? r.pick(2, 40) : kind == 1 ? r.pick(2, 4) : 1;
    const int64_t in = kind == 0 ? 1 : r.pick(1, 40), out = kind == 0 ? 1 : r.pick(1, 40);
    const int64_t kh = r.pick(1, 4), kw = r.chance() ? kh : r.pick(1, 5), dh = r.pick(1, 2),
                  dw = r.pick(1, 2);
    return {{r.pick(1, 3), groups * in, (kh - 1) * dh + r.pick(1, 9), (kw - 1) * dw + r.pick(1, 9)},
            {groups * out, in, kh, kw},
            format("strides=[{}, {}], dilations=[{}, {}], pads=[{}, {}, {}, {}], group={}", r.pick(1, 3),
                   r.pick(1, 2), dh, dw, r.pick(0, 2), r.pick(0, 2), r.pick(0, 2), r.pick(0, 1), groups)};
}

DType random_type(QuantizedRandom& r) { return r.chance() ? DType::kU8 : DType::kI8; }

TEST(Quantized, ConvolutionsOfIntegers) {
    QuantizedRandom r(1);
    for (int round = 0; round < 60; ++round) {
        const ConvCase conv = random_conv(r);
        const DType x = random_type(r), w = random_type(r);
        QuantizedCase c;
        c.input("x", r.codes(x, conv.x));
        c.constant("w", r.codes(w, conv.w));
        const Tensor zero = r.codes(x, {});
        if (r.chance()) c.constant("z", zero);
        else c.input("z", zero);
        const int64_t kind = r.pick(0, 2), out = conv.w[0];
        c.constant("wz", kind == 0   ? r.codes(w, {})
                         : kind == 1 ? r.codes(w, {out})
                                     : one(w, w == DType::kU8 ? 128 : 0));
        c.constant("b", r.tensor(DType::kF32, {out, 1, 1}, -1, 1));
        const Tensor scale = r.tensor(DType::kF32, {out, 1, 1}, 0.0001, 0.001);
        if (r.chance()) c.input("s", scale);
        else c.constant("s", scale);
        const std::string sums = format("i = conv_integer(x, w, z, wz, {})\n", conv.attrs);
        c.check(sums + "output i");
        c.check(sums + "f = cast(i, to=f32)\nm = mul(f, s)\ny = add(m, b)\nt = relu(y)\noutput t");
        c.check(sums + "f = cast(i, to=f32)\nm = mul(f, s)\nt = silu(m)\nu = mul(t, m)\noutput u, i");
        if (HasFailure()) return;
    }
}

TEST(Quantized, ProductsOfIntegers) {
    QuantizedRandom r(2);
    for (int round = 0; round < 60; ++round) {
        const int64_t m = r.pick(1, 40), k = r.pick(1, 200), n = r.pick(1, 90);
        const DType a = random_type(r), w = random_type(r);
        QuantizedCase c;
        c.input("a", r.codes(a, round % 3 == 0 ? Shape{m, k} : Shape{2, m, k}));
        c.input("z", r.codes(a, {}));
        c.input("s", r.tensor(DType::kF32, {n}, 0.0001, 0.001));
        c.constant("w", r.codes(w, {k, n}));
        c.constant("wz", r.chance() ? r.codes(w, {}) : r.codes(w, {n}));
        const std::string sums = "i = matmul_integer(a, w, z, wz)\n";
        c.check(sums + "output i");
        c.check(sums + "f = cast(i, to=f32)\nm = mul(s, f)\ny = gelu(m)\noutput y");
        if (HasFailure()) return;
    }
}

TEST(Quantized, LinearConvolutionsAndProducts) {
    QuantizedRandom r(3);
    for (int round = 0; round < 40; ++round) {
        const ConvCase conv = random_conv(r);
        const DType x = random_type(r), y = random_type(r);
        const int64_t out = conv.w[0];
        QuantizedCase c;
        c.input("x", r.codes(x, conv.x));
        c.constant("xs", one(DType::kF32, r.number(0.01, 0.1)));
        c.constant("xz", r.codes(x, {}));
        c.constant("w", r.codes(DType::kI8, conv.w));
        c.constant("ws", r.tensor(DType::kF32, {out}, 0.001, 0.01));
        c.constant("wz",
                   tensor_from_doubles(DType::kI8, {out}, std::vector<double>(static_cast<size_t>(out), 0)));
        c.constant("ys", one(DType::kF32, r.number(0.5, 2)));
        c.constant("yz", r.codes(y, {}));
        c.constant("b", r.tensor(DType::kI32, {out}, -20000, 20000));
        c.check(format("y = qlinear_conv(x, xs, xz, w, ws, wz, ys, yz, b, {})\noutput y", conv.attrs));
        const int64_t rows = r.pick(1, 9), n = r.pick(1, 40);
        c.constant("v", r.codes(DType::kI8, {conv.x[3], n}));
        c.constant("vs", r.tensor(DType::kF32, {n}, 0.001, 0.01));
        c.constant("vz", r.codes(DType::kI8, {n}));
        c.input("q", r.codes(x, {rows, conv.x[3]}));
        c.check("y = qlinear_matmul(q, xs, xz, v, vs, vz, ys, yz)\noutput y");
        if (HasFailure()) return;
    }
}

// As ONNX Runtime quantises statically: every operator between a dequantize_linear and a quantize_linear.
TEST(Quantized, OperatorsBetweenDequantizeAndQuantize) {
    QuantizedRandom r(4);
    for (int round = 0; round < 60; ++round) {
        const ConvCase conv = random_conv(r);
        const DType x = random_type(r), y = random_type(r);
        const int64_t out = conv.w[0];
        const double x_scale = r.number(0.01, 0.1);
        const Tensor w_scale = r.tensor(DType::kF32, {out}, 0.001, 0.01);
        QuantizedCase c;
        c.input("x", r.codes(x, conv.x));
        c.constant("xs", one(DType::kF32, x_scale));
        c.constant("xz", r.codes(x, {}));
        c.constant("w", r.codes(DType::kI8, conv.w));
        c.constant("ws", w_scale);
        c.constant("ys", one(DType::kF32, r.number(0.5, 2)));
        c.constant("yz", r.codes(y, {}));
        std::vector<double> bias_scale = w_scale.to_doubles();
        for (double& s : bias_scale) s = static_cast<float>(s) * static_cast<float>(x_scale);
        c.constant("b", r.tensor(DType::kI32, {out}, -20000, 20000));
        c.constant("bs", tensor_from_doubles(DType::kF32, {out}, bias_scale));
        c.constant("bf", r.tensor(DType::kF32, {out}, -50, 50));
        const std::string operands =
            "xf = dequantize_linear(x, xs, xz)\nwf = dequantize_linear(w, ws, axis=0)\nbq = dequantize_linear(b, bs, axis=0)\n";
        const std::string end = "q = quantize_linear(a, ys, yz)\noutput q";
        const std::string plain = operands + format("y = conv(xf, wf, bq, {})\n", conv.attrs),
                          floats = operands + format("y = conv(xf, wf, bf, {})\n", conv.attrs);
        c.check(plain + "a = relu(y)\n" + end);
        c.check(floats + "a = clip(y, min=-20, max=33)\n" + end);
        c.check(floats + "a = silu(y)\n" + end + ", a");
        c.check(floats + "a = identity(y)\n" + end);
        c.check(plain + "a = add(y, y)\n" + end);
        c.check("xf = dequantize_linear(x, xs, xz)\na = sigmoid(xf)\n" + end);
        c.check("xf = dequantize_linear(x, xs, xz)\nt = transpose(xf, perm=[0, 2, 3, 1])\na = silu(t)\n" +
                end);
        c.check(
            "xf = dequantize_linear(x, xs, xz)\nt = transpose(xf, perm=[0, 2, 3, 1])\nq = quantize_linear(t, xs, xz)\noutput q");
        if (HasFailure()) return;
    }
}

TEST(Quantized, SumsOfDequantizedValues) {
    QuantizedRandom r(5);
    for (int round = 0; round < 30; ++round) {
        const Shape shape{r.pick(1, 3), r.pick(1, 20), r.pick(1, 9), r.pick(1, 9)};
        QuantizedCase c;
        for (const std::string name : {"x", "y"}) {
            const DType type = random_type(r);
            c.input(name, r.codes(type, name == "x" || r.chance() ? shape : Shape{shape[1], 1, 1}));
            c.constant(name + "s", one(DType::kF32, r.number(0.01, 0.1)));
            c.constant(name + "z", r.codes(type, {}));
        }
        c.constant("w", r.codes(DType::kI8, {5, shape[1] * shape[2] * shape[3]}));
        c.constant("ws", r.tensor(DType::kF32, {5}, 0.001, 0.01));
        const std::string operands = "a = dequantize_linear(x, xs, xz)\nb = dequantize_linear(y, ys, yz)\n";
        c.check(operands + "s = add(a, b)\nt = relu(s)\nq = quantize_linear(t, xs, xz)\noutput q");
        c.check(
            operands +
            "s = mul(a, b)\nq = quantize_linear(s, ys, yz)\nu = dequantize_linear(q, ys, yz)\nv = mul(u, a)\noutput q, v");
        c.check("a = dequantize_linear(x, xs, xz)\ng = global_avg_pool(a)\noutput g");
        c.check("a = dequantize_linear(x, xs, xz)\nv = dequantize_linear(w, ws, axis=0)\nf = flatten(a)\n"
                "o = gemm(f, v, transB=true)\noutput o");
        if (HasFailure()) return;
    }
}

// By Winograd's filtering, where nothing may be lost: also of the largest numbers that there are.
TEST(Quantized, WinogradConvolutionsAreExact) {
    QuantizedRandom r(7);
    for (const int64_t size : {7, 12})
        for (const bool extremes : {false, true}) {
            const int64_t in = extremes ? 200 : r.chance() ? 64 : 70, out = r.pick(32, 45);
            const DType type = random_type(r), w = random_type(r);
            const double low = type == DType::kI8 ? -128 : 0;
            QuantizedCase c;
            const Shape shape{extremes ? 1 : 2, in, size, size + 1};
            c.input("x", extremes ? r.tensor(type, shape, low + 254, low + 255) : r.codes(type, shape));
            c.input("z", extremes ? one(type, low) : r.codes(type, {}));
            const Shape weights{out, in, 3, 3};
            c.constant("w", extremes
                                ? r.tensor(w, weights, w == DType::kI8 ? -128 : 0, w == DType::kI8 ? -128 : 0)
                                : r.codes(w, weights));
            c.constant("wz", one(w, w == DType::kI8 ? 0 : 255));
            c.constant("s", r.tensor(DType::kF32, {out, 1, 1}, 0.0001, 0.001));
            c.constant("b", r.tensor(DType::kF32, {out, 1, 1}, -1, 1));
            const std::string sums =
                format("i = conv_integer(x, w, z, wz, pads=[1, {}, 1, 0])\n", r.pick(0, 1));
            c.check(sums + "output i");
            c.check(sums + "f = cast(i, to=f32)\nm = mul(f, s)\ny = add(m, b)\nt = relu(y)\noutput t");
            c.check(sums + "f = cast(i, to=f32)\nm = mul(f, s)\nt = silu(m)\noutput t");
        }
}

TEST(Quantized, LargestCodesOfWindows) {
    QuantizedRandom r(8);
    for (int round = 0; round < 30; ++round) {
        const DType type = random_type(r);
        QuantizedCase c;
        c.input("x", r.codes(type, {r.pick(1, 2), r.pick(1, 70), r.pick(3, 9), r.pick(3, 9)}));
        c.constant("s", one(DType::kF32, r.number(0.01, 0.1)));
        c.constant("z", r.codes(type, {}));
        c.check(
            "a = dequantize_linear(x, s, z)\nm = max_pool(a, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])\n"
            "q = quantize_linear(m, s, z)\noutput q, m");
    }
}

TEST(Quantized, ByTheRangeOfTheRun) {
    QuantizedRandom r(6);
    for (const int64_t count : {1, 7, 100, 70000}) {
        QuantizedCase c;
        c.input("x", r.tensor(DType::kF32, {1, count, 3}, -2, 5));
        c.check("q, s, z = dynamic_quantize_linear(x)\noutput q, s, z");
    }
}

}  // namespace
}  // namespace lathe::run::cpu
