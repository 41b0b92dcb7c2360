#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

#include "run/cpu/kernel_samples.h"

// The functions of elementwise chains against the C library's in double precision.
namespace lathe::run::cpu {
namespace {

constexpr double kSmallestNormal = 0x1p-126;

// The distance in units in the last place of the true value, which subnormals share.
double ulps(float result, double wanted) {
    if (std::isnan(wanted) || std::isnan(result)) return std::isnan(wanted) && std::isnan(result) ? 0 : 1e9;
    if (static_cast<double>(result) == wanted || result == static_cast<float>(wanted)) return 0;
    if (std::isinf(result) || std::isinf(wanted)) return 1e9;
    const int exponent = std::ilogb(std::max(std::abs(wanted), kSmallestNormal));
    return std::abs(static_cast<double>(result) - wanted) / std::ldexp(1.0, exponent - 23);
}

// Every exponent with both signs, and what is special.
std::vector<float> sweep(int per_exponent) {
    Samples s(1);
    std::vector<float> result{0.0f,      -0.0f,      1.0f,  -1.0f, 0.5f,
                              kInfinity, -kInfinity, 2.0f,  0.25f, std::numeric_limits<float>::quiet_NaN(),
                              0x1p-149f, -0x1p-149f, 88.0f, 89.0f, std::numeric_limits<float>::max()};
    for (uint32_t exponent = 0; exponent < 255; ++exponent)
        for (int i = 0; i < 2 * per_exponent; ++i) {
            const auto fraction = static_cast<uint32_t>(s.size(0, 0x7fffff));
            result.push_back(
                std::bit_cast<float>(exponent << 23 | fraction | static_cast<uint32_t>(i & 1) << 31));
        }
    for (int i = 0; i < 64 * per_exponent; ++i) result.push_back(s.number() * 20);
    return result;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

struct FunctionCase {
    const char* name;
    ChainStep step;
    double (*wanted)(double);
    double bound;  // in units in the last place, or
    double absolute = 0;  // where the difference is smaller than this
    double relative = 0;  // or than this of the argument
    double up_to = kInfinity;  // of the argument's magnitude
};

const FunctionCase kFunctions[] = {
    {"neg", {Function::kNeg}, [](double x) { return -x; }, 0},
    {"abs", {Function::kAbs}, [](double x) { return std::abs(x); }, 0},
    {"sqrt", {Function::kSqrt}, [](double x) { return std::sqrt(x); }, 0.5},
    {"reciprocal", {Function::kReciprocal}, [](double x) { return 1 / x; }, 0.5},
    {"exp", {Function::kExp}, [](double x) { return std::exp(x); }, 1.5},
    {"log", {Function::kLog}, [](double x) { return std::log(x); }, 2},
    {"tanh", {Function::kTanh}, [](double x) { return std::tanh(x); }, 2.5},
    {"erf", {Function::kErf}, [](double x) { return std::erf(x); }, 2},
    {"sigmoid", {Function::kSigmoid}, sigmoid, 2.5, 0x1p-128},
    {"softplus", {Function::kSoftplus}, softplus, 2},
    {"sin", {Function::kSin}, [](double x) { return std::sin(x); }, 2, 0, 0, 0x1p28},
    {"cos", {Function::kCos}, [](double x) { return std::cos(x); }, 2, 0, 0, 0x1p28},
    {"floor", {Function::kFloor}, [](double x) { return std::floor(x); }, 0},
    {"ceil", {Function::kCeil}, [](double x) { return std::ceil(x); }, 0},
    {"round", {Function::kRound}, [](double x) { return std::nearbyint(x); }, 0},
    {"sign", {Function::kSign}, [](double x) { return std::isnan(x) ? x : (x > 0) - (x < 0); }, 0},
    {"relu", {Function::kRelu}, [](double x) { return x < 0 ? 0 : x; }, 0},
    {"silu", {Function::kSilu}, [](double x) { return x * sigmoid(x); }, 3, 0x1p-120},
    {"gelu",
     {Function::kGelu},
     [](double x) { return 0.5 * x * std::erfc(-x / std::numbers::sqrt2); },
     3,
     0,
     0x1p-23},
    {"gelu_tanh",
     {Function::kGeluTanh},
     [](double x) {
         const double u = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
         return 0.5 * x * (1 + std::tanh(u));
     },
     3,
     0,
     0x1p-22},
    {"mish", {Function::kMish}, [](double x) { return x * std::tanh(softplus(x)); }, 5, 0x1p-118},
    {"hard_sigmoid",
     {Function::kHardSigmoid, 0, 0, 0.25f, 0.5f},
     [](double x) { return std::isnan(x) ? x : std::max(0.0, std::min(1.0, x * 0.25 + 0.5)); },
     0.5,
     0x1p-24},
    {"hard_swish",
     {Function::kHardSwish},
     [](double x) { return std::isnan(x) ? x : x * std::max(0.0, std::min(1.0, x / 6 + 0.5)); },
     3,
     0,
     0x1p-23},
    {"elu", {Function::kElu, 0, 0, 0.75f, 0}, [](double x) { return x < 0 ? 0.75 * std::expm1(x) : x; }, 2.5},
    {"leaky_relu",
     {Function::kLeakyRelu, 0, 0, 0.25f, 0},
     [](double x) { return x < 0 ? 0.25 * x : x; },
     0.5},
    {"clip",
     {Function::kClip, 0, 0, -0.5f, 3.0f},
     [](double x) { return x < -0.5 ? -0.5
                           : x > 3  ? 3
                                    : x; },
     0},
    {"scale_add", {Function::kScaleAdd, 0, 0, 0.5f, 1.0f}, [](double x) { return x * 0.5 + 1; }, 0.5},
};

void check(const Kernels& kernels, const FunctionCase& f, const std::vector<float>& input) {
    std::vector<float> output(input.size());
    const Chain chain{.steps = &f.step,
                      .step_count = 1,
                      .operand_count = 1,
                      .output_count = 1,
                      .operands = {input.data()},
                      .outputs = {output.data()},
                      .output_values = {1}};
    kernels.chain(chain, input.size());
    double worst = 0;
    float where = 0;
    for (size_t i = 0; i < input.size(); ++i) {
        const double x = input[i], wanted = f.wanted(x);
        if (std::abs(x) > f.up_to) {
            EXPECT_FALSE(std::abs(output[i]) > 1) << f.name << " of " << x;
            continue;
        }
        const double difference = std::abs(static_cast<double>(output[i]) - wanted);
        if (difference <= f.absolute || difference <= f.relative * std::abs(x)) continue;
        const double error = ulps(output[i], wanted);
        if (error <= worst) continue;
        worst = error;
        where = input[i];
    }
    EXPECT_LE(worst, f.bound) << kernels.name << ": " << f.name << " at " << where;
}

TEST(Functions, AreCloseToTheTrueValuesOverAllFloats) {
    const std::vector<float> input = sweep(32);
    for (const Kernels* kernels : available_kernels())
        for (const FunctionCase& f : kFunctions) check(*kernels, f, input);
}

TEST(Functions, PowIsCloseAndKnowsWhatIsSpecial) {
    const std::vector<float> special = sweep(0);
    std::vector<float> x, y;
    for (const float a : special)
        for (const float b : special) {
            x.push_back(a);
            y.push_back(b);
        }
    Samples s(2);
    for (int i = 0; i < 20000; ++i) {
        const float base = std::exp(s.number() * 80.0f);
        x.push_back(s.size(0, 3) == 0 ? -base : base);
        y.push_back(x.back() < 0 || s.chance() ? std::round(s.number() * 10) : s.number() * 5);
    }
    std::vector<float> output(x.size());
    const ChainStep step{Function::kPow, 0, 1};
    for (const Kernels* kernels : available_kernels()) {
        const Chain chain{.steps = &step,
                          .step_count = 1,
                          .operand_count = 2,
                          .output_count = 1,
                          .operands = {x.data(), y.data()},
                          .outputs = {output.data()},
                          .output_values = {2}};
        kernels->chain(chain, x.size());
        for (size_t i = 0; i < x.size(); ++i) {
            const double wanted = std::pow(static_cast<double>(x[i]), static_cast<double>(y[i]));
            ASSERT_LE(ulps(output[i], wanted), 1) << kernels->name << ": pow(" << x[i] << ", " << y[i]
                                                  << ") = " << output[i] << ", not " << wanted;
        }
    }
}

}  // namespace
}  // namespace lathe::run::cpu
