// The gradient descents of convert_to_quant 1.3.1. Codes are relaxed to real numbers; the loss is the length of U^T E V, whose
// gradient by the weights is G = U (U^T E V / loss) V^T, and by a code G times the worth t of the code's unit. All is kept
// as errors of weights, E = E_nearest + offset * t.
#include <algorithm>
#include <cmath>

#include "quant/grid.h"
#include "quant/matmul.h"
#include "quant/rate_schedule.h"
#include "quant/rounding_methods.h"
#include "quant/subspace.h"

namespace lathe::quant {
namespace {

enum class Kind : uint8_t { kOriginal, kAdamW, kRAdam, kProdigy };

Kind kind_named(std::string_view name) {
    if (name == "adamw") return Kind::kAdamW;
    if (name == "radam") return Kind::kRAdam;
    return name == "prodigy" ? Kind::kProdigy : Kind::kOriginal;
}

class Optimizer {
public:
    Optimizer(Kind kind, const RoundingTask& task)
        : kind_(kind),
          grid_(task.coder, task.threads),
          threads_(task.threads),
          rows_(task.rows()),
          columns_(task.columns()),
          int8_of_rows_(counts_rows(task.coder.spec())),
          nvfp4_(task.coder.spec().scheme->element == Element::kF4E2M1) {
        if (kind == Kind::kOriginal) {
            const float largest = range_of(task.values.data(), task.values.size()).max_abs;
            code_factor_ = largest > 0 ? 127 / largest : 1;
            return;
        }
        offset_.assign(task.values.size(), 0.0f);
        first_ = second_ = offset_;
        if (kind == Kind::kProdigy) sums_ = offset_;
    }

    void step(const std::vector<float>& gradient, double rate, std::vector<float>& error) {
        ++steps_;
        left1_ = 1 - std::pow(kBeta1, static_cast<double>(steps_));
        left2_ = 1 - std::pow(kBeta2, static_cast<double>(steps_));
        if (kind_ == Kind::kProdigy) estimate_distance(gradient, rate);
        threads_.parallel_for(static_cast<size_t>(rows_), [&](size_t r) {
            for (size_t j = 0, i = r * static_cast<size_t>(columns_); j < static_cast<size_t>(columns_);
                 ++j, ++i) {
                const float t = grid_.step(static_cast<int64_t>(r), static_cast<int64_t>(j));
                error[i] -= kind_ == Kind::kOriginal ? original_step(gradient[i], t, rate)
                                                     : adam_step(i, gradient[i] * t, rate) * t;
            }
        });
    }

private:
    static constexpr double kBeta1 = 0.9, kBeta2 = 0.999;

    static bool counts_rows(const LayerSpec& spec) {
        return spec.scheme->element == Element::kI8 && spec.scaling != Scaling::kTensor;
    }

    // In codes the step is gradient * kappa, where kappa is 1 / t, or (nvfp4) 1, or (int8 by row or tile) 127 / max(|W|).
    float original_step(float gradient, float t, double rate) const {
        const float step = static_cast<float>(rate) * gradient;
        if (nvfp4_) return step * t;
        return int8_of_rows_ ? step * code_factor_ * t : step;
    }

    // How far code i goes back.
    float adam_step(size_t i, float gradient, double rate) {
        constexpr double kEpsilon = 1e-8, kDecay = 0.01;
        const double d = kind_ == Kind::kProdigy ? distance_ : 1, g = d * static_cast<double>(gradient);
        first_[i] = static_cast<float>(kBeta1 * static_cast<double>(first_[i]) + (1 - kBeta1) * g);
        second_[i] = static_cast<float>(kBeta2 * static_cast<double>(second_[i]) + (1 - kBeta2) * g * g);
        const auto m = static_cast<double>(first_[i]), root = std::sqrt(static_cast<double>(second_[i]));
        double back = 0;
        if (kind_ == Kind::kProdigy) {
            back = rate * d * m / (root + d * kEpsilon);
        } else {
            back = rate * m / left1_;
            if (kind_ == Kind::kAdamW) {
                back /= root / std::sqrt(left2_) + kEpsilon;
                back += rate * kDecay * static_cast<double>(offset_[i]);
            } else if (const double rectifier = rectifier_of(static_cast<double>(steps_)); rectifier > 0) {
                back *= rectifier * std::sqrt(left2_) / (root + kEpsilon);
            }
        }
        offset_[i] -= static_cast<float>(back);
        return static_cast<float>(back);
    }

    // Liu et al., "On the variance of the adaptive learning rate" (2020); 0: it is not known yet.
    double rectifier_of(double n) const {
        const double most = 2 / (1 - kBeta2) - 1, length = most - 2 * n * (1 - left2_) / left2_;
        if (length <= 5) return 0;
        return std::sqrt((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length));
    }

    // Mishchenko and Defazio, "Prodigy" (2023), algorithm 4: a lower bound of the way to the solution.
    void estimate_distance(const std::vector<float>& gradient, double rate) {
        constexpr double kBeta3 = 0.99949987493746092;  // the root of 0.999
        const double weight = (1 - kBeta3) * rate * distance_ * distance_;
        std::vector<double> products(static_cast<size_t>(rows_)), sizes(products.size());
        threads_.parallel_for(static_cast<size_t>(rows_), [&](size_t r) {
            double product = 0, size = 0;
            for (size_t j = 0, i = r * static_cast<size_t>(columns_); j < static_cast<size_t>(columns_);
                 ++j, ++i) {
                const double g =
                    static_cast<double>(gradient[i]) *
                    static_cast<double>(grid_.step(static_cast<int64_t>(r), static_cast<int64_t>(j)));
                product -= g * static_cast<double>(offset_[i]);
                sums_[i] = static_cast<float>(kBeta3 * static_cast<double>(sums_[i]) + weight * g);
                size += std::abs(static_cast<double>(sums_[i]));
            }
            products[r] = product;
            sizes[r] = size;
        });
        double product = 0, size = 0;
        for (size_t r = 0; r < products.size(); ++r) {
            product += products[r];
            size += sizes[r];
        }
        progress_ = kBeta3 * progress_ + weight * product;
        if (size > 0) distance_ = std::max(distance_, progress_ / size);
    }

    Kind kind_;
    Grid grid_;
    ThreadPool& threads_;
    int64_t rows_, columns_, steps_ = 0;
    bool int8_of_rows_, nvfp4_;
    float code_factor_ = 1;
    std::vector<float> offset_, first_, second_, sums_;  // of codes
    double left1_ = 1, left2_ = 1;  // what the moments lack of their full weight
    double distance_ = 1e-6, progress_ = 0;
};

}  // namespace

int64_t descend(const RoundingTask& task, const Subspaces& subspaces, std::vector<float>& error) {
    const SvdOptions& options = task.options.svd;
    const Kind kind = kind_named(options.optimizer);
    const int64_t held =
        kind == Kind::kProdigy && task.coder.spec().scheme->scale == ScaleCode::kF32 ? 50 : 0;
    Optimizer optimizer(kind, task);
    RateSchedule schedule(options, task.rows(), task.columns());
    std::vector<float> best = error, gradient(error.size());
    int64_t iteration = 0;
    for (; iteration < options.iterations; ++iteration) {
        std::vector<float> core = core_of(subspaces, error.data(), task.rows(), task.columns(), task.threads);
        const auto size = static_cast<int64_t>(core.size());
        const double loss = std::sqrt(dot(core.data(), core.data(), size));
        if (!std::isfinite(loss)) break;
        const double rate = schedule.rate();
        if (schedule.take(loss, iteration < held)) best = error;
        if (schedule.done(kind == Kind::kOriginal ? loss : schedule.best())) break;
        for (float& value : core)
            value = static_cast<float>(-static_cast<double>(value) / std::max(loss, 1e-20));
        std::ranges::fill(gradient, 0.0f);
        remove(subspaces, core, gradient, task.threads);
        optimizer.step(gradient, rate, error);
        if (task.progress)
            task.progress("learning to round", static_cast<uint64_t>(iteration + 1),
                          static_cast<uint64_t>(options.iterations));
    }
    error = std::move(best);
    return iteration;
}

}  // namespace lathe::quant
