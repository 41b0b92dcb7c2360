// AdaRound (Nagel et al. 2020): for every weight it is learned whether it goes to the value of the grid above or below it, by
// gradient descent (Adam) on v with h(v) = clamp(1.2 sigmoid(v) - 0.1, 0, 1) and W_hat = low + h (high - low). The loss is what
// the error costs at the layer's output, tr(E H E^T), and a sum of 1 - |2 h - 1|^beta, which drives h to 0 and 1 while beta
// falls. For wide layers H is replaced, in every iteration, by the products of a few random inputs that have products H.
#include <algorithm>
#include <bit>
#include <cmath>

#include "base/vector_clones.h"
#include "quant/grid.h"
#include "quant/linalg.h"
#include "quant/matmul.h"
#include "quant/random.h"
#include "quant/rounding_methods.h"

namespace lathe::quant {
namespace {

#define LATHE_INLINE [[gnu::always_inline]] inline

constexpr int64_t kSamples = 128;
constexpr int kFirstBeta = 20, kLastBeta = 2;

// 1 / (1 + e^-x), the same bits everywhere; e^x by Taylor's series within ±log(2) / 2.
LATHE_INLINE float sigmoid(float x) {
    x = x < 30.0f ? x : 30.0f;
    x = x > -30.0f ? x : -30.0f;
    const float n = (x * -1.44269504f + 0x1.8p23f) - 0x1.8p23f;
    const float r = (-x - n * 0.693359375f) + n * 2.12194440e-4f;
    float sum = 1.3888889e-3f;
    sum = sum * r + 8.3333333e-3f;
    sum = sum * r + 4.1666667e-2f;
    sum = sum * r + 0.16666667f;
    sum = sum * r + 0.5f;
    sum = sum * r + 1.0f;
    sum = sum * r + 1.0f;
    const float power = std::bit_cast<float>(static_cast<uint32_t>(static_cast<int32_t>(n) + 127) << 23);
    return 1 / (1 + sum * power);
}
LATHE_INLINE float rectified(float v) {
    const float h = 1.2f * sigmoid(v) - 0.1f;
    return h < 0 ? 0.0f : h > 1 ? 1.0f : h;
}

constexpr int kBits = 5;  // of beta - 1
struct Step {
    float rate, second_correction;  // of learning, and Adam's corrections of its moments
    float pull;  // of the term that makes h 0 or 1, times 2 beta
    float bits[kBits];  // of beta - 1
};
Step step_of(double rate, double pull, int beta, int64_t iteration) {
    const auto n = static_cast<double>(iteration + 1);
    Step step{static_cast<float>(rate / (1 - std::pow(0.9, n))),
              static_cast<float>(1 / (1 - std::pow(0.999, n))),
              static_cast<float>(pull * 2 * beta),
              {}};
    for (int bit = 0; bit < kBits; ++bit) step.bits[bit] = static_cast<float>((beta - 1) >> bit & 1);
    return step;
}

// One row: v goes down the gradient. slope: the loss by W_hat.
LATHE_VECTOR_CLONES void learn(const Step& step, int64_t count, const float* __restrict gap,
                               const float* __restrict slope, float* __restrict v, float* __restrict first,
                               float* __restrict second) {
    const Step now = step;
    for (int64_t i = 0; i < count; ++i) {
        const float s = sigmoid(v[i]), x = 2 * (1.2f * s - 0.1f) - 1, size = x < 0 ? -x : x;
        float power = 1, square = size;  // size^(beta - 1)
        for (int bit = 0; bit < kBits; ++bit) {
            power *= 1 + now.bits[bit] * (square - 1);
            square *= square;
        }
        const float pull = now.pull * power, outward = x < 0 ? -pull : pull;
        const float by_v = 1.2f * s * (1 - s), g = (slope[i] * gap[i] - outward) * (size < 1 ? by_v : 0.0f);
        const float m = 0.9f * first[i] + 0.1f * g, q = 0.999f * second[i] + 0.001f * (g * g);
        first[i] = m;
        second[i] = q;
        v[i] -= now.rate * m / (__builtin_sqrtf(q * now.second_correction) + 1e-30f);
    }
}

// error = low + h gap - w
LATHE_VECTOR_CLONES void errors_of(const float* v, const float* low, const float* gap, const float* w,
                                   int64_t count, float* __restrict error) {
    for (int64_t i = 0; i < count; ++i) error[i] = (low[i] - w[i]) + rectified(v[i]) * gap[i];
}

// L, f32 [n, n], with L L^T = products, all but for the least damping that makes them positive definite; empty: none does.
std::vector<float> root_of(std::span<const float> products, int64_t n, ThreadPool& threads) {
    double mean = 0;
    for (int64_t i = 0; i < n; ++i)
        mean += static_cast<double>(products[static_cast<size_t>(i * (n + 1))]) / static_cast<double>(n);
    for (const double damping : {1e-6, 1e-5, 1e-4, 1e-3, 1e-2}) {
        std::vector<double> h(products.begin(), products.end());
        for (int64_t i = 0; i < n; ++i) h[static_cast<size_t>(i * (n + 1))] += damping * mean;
        if (!invert_cholesky(h.data(), n, threads)) continue;
        const std::vector<float> inverse(h.begin(), h.end());
        std::vector<float> root(inverse.size());  // H (L^-1)^T
        multiply(matrix(products.data(), n, n), matrix(inverse.data(), n, n).transposed(), root.data(), n,
                 Into::kSet, threads);
        return root;
    }
    return {};
}

class AdaRound {
public:
    explicit AdaRound(const RoundingTask& task)
        : task_(task),
          rows_(task.rows()),
          columns_(task.columns()),
          low_(task.values.size()),
          gap_(low_.size()),
          v_(low_.size()),
          first_(low_.size(), 0.0f),
          second_(low_.size(), 0.0f),
          error_(low_.size()),
          slope_(low_.size()) {
        const Grid grid(task.coder, task.threads);
        for_rows([&](int64_t r) {
            for (int64_t j = 0; j < columns_; ++j) {
                const auto i = static_cast<size_t>(r * columns_ + j);
                const auto [low, high] = grid.around(r, j, task_.values[i]);
                low_[i] = low;
                gap_[i] = high - low;
                // h is what makes W itself.
                const float part = gap_[i] > 0 ? (task_.values[i] - low) / gap_[i] : 0.5f;
                const double s = (static_cast<double>(part) + 0.1) / 1.2;
                v_[i] = static_cast<float>(std::log(s / (1 - s)));
            }
        });
    }

    // What an error of half a gap costs on average.
    double natural_cost() const {
        const std::span<const float> products = task_.inputs.products;
        double trace = 0;
        for (int64_t j = 0; j < columns_; ++j)
            trace += static_cast<double>(products[static_cast<size_t>(j * (columns_ + 1))]);
        const double gaps = dot(gap_.data(), gap_.data(), rows_ * columns_);
        return trace / static_cast<double>(columns_) * gaps / static_cast<double>(rows_ * columns_) / 4;
    }

    std::vector<float> run(std::span<const float> root) {
        const AdaRoundOptions& options = task_.options.adaround;
        const double cost = natural_cost();
        for (int64_t iteration = 0; iteration < options.iterations; ++iteration) {
            const double passed = static_cast<double>(iteration) / static_cast<double>(options.iterations);
            const int beta = static_cast<int>(std::lround(kFirstBeta + (kLastBeta - kFirstBeta) * passed));
            const Step step = step_of(options.learning_rate, options.regularisation * cost, beta, iteration);
            find_slopes(root, static_cast<uint64_t>(iteration));
            for_rows([&](int64_t r) {
                const int64_t at = r * columns_;
                learn(step, columns_, gap_.data() + at, slope_.data() + at, v_.data() + at,
                      first_.data() + at, second_.data() + at);
            });
            if (task_.progress)
                task_.progress("learning to round", static_cast<uint64_t>(iteration + 1),
                               static_cast<uint64_t>(options.iterations));
        }
        for (size_t i = 0; i < v_.size(); ++i) error_[i] = low_[i] + (v_[i] >= 0 ? gap_[i] : 0.0f);
        return std::move(error_);
    }

private:
    void for_rows(const std::function<void(int64_t)>& work) {
        task_.threads.parallel_for(static_cast<size_t>(rows_),
                                   [&](size_t r) { work(static_cast<int64_t>(r)); });
    }

    // slope = 2 E H
    void find_slopes(std::span<const float> root, uint64_t seed) {
        for_rows([&](int64_t r) {
            const int64_t at = r * columns_;
            errors_of(v_.data() + at, low_.data() + at, gap_.data() + at, task_.values.data() + at, columns_,
                      error_.data() + at);
            for (int64_t i = at; i < at + columns_; ++i) error_[static_cast<size_t>(i)] *= 2;
        });
        const auto errors = matrix<float>(error_.data(), rows_, columns_);
        if (root.empty()) {
            multiply(errors, matrix(task_.inputs.products.data(), columns_, columns_), slope_.data(),
                     columns_, Into::kSet, task_.threads);
            return;
        }
        std::vector<float> inputs = random_inputs(root, seed), outputs(static_cast<size_t>(rows_ * kSamples));
        const auto x = matrix<float>(inputs.data(), kSamples, columns_);
        multiply(errors, x.transposed(), outputs.data(), kSamples, Into::kSet, task_.threads);
        multiply(matrix<float>(outputs.data(), rows_, kSamples), x, slope_.data(), columns_, Into::kSet,
                 task_.threads);
    }

    // x [kSamples, columns] with x^T x = H on average: random signs times L^T.
    std::vector<float> random_inputs(std::span<const float> root, uint64_t seed) {
        SplitMix random{seed << 32};
        std::vector<float> signs(static_cast<size_t>(kSamples * columns_)), inputs(signs.size());
        const float size = 1 / std::sqrt(static_cast<float>(kSamples));
        for (float& sign : signs) sign = random.next() < 0 ? -size : size;
        multiply(matrix<float>(signs.data(), kSamples, columns_),
                 matrix(root.data(), columns_, columns_).transposed(), inputs.data(), columns_, Into::kSet,
                 task_.threads);
        return inputs;
    }

    const RoundingTask& task_;
    int64_t rows_, columns_;
    std::vector<float> low_, gap_, v_, first_, second_, error_, slope_;  // [rows, columns]
};

}  // namespace

Result<RoundingOutcome> round_by_adaround(const RoundingTask& task) {
    const std::span<const float> products = task.inputs.products;
    if (products.empty())
        return fail("rounding by adaround needs the products of the layer's inputs; calibrate, or use sweep");
    fit_all(task.coder, task.values.data(), task.threads);
    std::vector<float> root, candidate;
    if (task.columns() > kExactColumns) {
        root = root_of(products, task.columns(), task.threads);
        if (root.empty())
            return fail("the products of the inputs are no products of real numbers; calibrate again");
    }
    candidate = AdaRound(task).run(root);
    RoundingOutcome outcome = take_better(task, candidate);
    outcome.iterations = task.options.adaround.iterations;
    return outcome;
}

}  // namespace lathe::quant
