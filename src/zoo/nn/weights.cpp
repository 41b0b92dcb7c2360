#include "zoo/nn/weights.h"

#include <array>
#include <cmath>
#include <limits>

namespace lathe::zoo::nn {
namespace {

class HollowWeights : public Weights {
public:
    std::optional<Tensor> find(const Entry& entry) override {
        const Tensor zero = Tensor::filled(entry.dtype, {1}, 0);
        return Tensor(entry.dtype, entry.shape, Shape(entry.shape.size(), 0), zero.storage());
    }
    bool has(std::string_view) const override { return false; }
    bool hollow() const override { return true; }
};

class RuleWeights : public Weights {
public:
    explicit RuleWeights(double gain) : gain_(gain) {}
    std::optional<Tensor> find(const Entry& entry) override { return tensor_by_rule(entry, gain_); }
    bool has(std::string_view) const override { return false; }

private:
    double gain_;
};

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> ends) {
    for (const std::string_view end : ends)
        if (name.ends_with(end)) return true;
    return false;
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Scaling {
    double offset, factor;
};

Scaling scaling_of(const Entry& entry, double gain) {
    if (entry.name.ends_with("running_var")) return {1, 0.2};
    if (entry.name.ends_with("running_mean")) return {0, 0.1};
    if (entry.shape.size() >= 2) {
        const int64_t fan = element_count(std::span(entry.shape).subspan(1));
        return {0, gain * std::sqrt(3.0 / static_cast<double>(fan))};
    }
    if (entry.shape.size() == 1 && ends_with_any(entry.name, {"weight", "gamma", "scale"})) return {1, 0.1};
    return {0, 0.05};
}

}  // namespace

UnitNoise::UnitNoise(std::string_view name) : seed_(0xcbf29ce484222325) {
    for (const char c : name) seed_ = (seed_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
}

double UnitNoise::operator()(uint64_t index) const {
    uint64_t z = seed_ + index + 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z ^= z >> 31;
    return 2 * (static_cast<double>(z >> 11) * 0x1p-53) - 1;
}

Tensor tensor_by_rule(const Entry& entry, double gain) {
    if (!is_float(entry.dtype) || entry.name.ends_with("num_batches_tracked"))
        return Tensor::filled(entry.dtype, entry.shape, 0);
    // Bounds of what a layer takes and gives, where they bind nothing.
    if (ends_with_any(entry.name, {".input_min", ".output_min"}))
        return Tensor::filled(entry.dtype, entry.shape, -kInfinity);
    if (ends_with_any(entry.name, {".input_max", ".output_max"}))
        return Tensor::filled(entry.dtype, entry.shape, kInfinity);
    const UnitNoise noise(entry.name);
    const Scaling scaling = scaling_of(entry, gain);
    TensorBuilder builder(DType::kF32, entry.shape);
    auto values = builder.values<float>();
    // An offset of 0 must not turn -0 into 0, nor 1 + x be rounded twice.
    for (size_t i = 0; i < values.size(); ++i) {
        const double value = noise(i) * scaling.factor;
        values[i] = static_cast<float>(scaling.offset == 0 ? value : scaling.offset + value);
    }
    return builder.finish();
}

std::unique_ptr<Weights> hollow_weights() { return std::make_unique<HollowWeights>(); }
std::unique_ptr<Weights> weights_by_rule(double gain) { return std::make_unique<RuleWeights>(gain); }

CheckpointWeights::CheckpointWeights(std::vector<graph::NamedTensor> tensors) {
    for (auto& [name, tensor] : tensors) tensors_.emplace(std::move(name), std::move(tensor));
}

std::optional<Tensor> CheckpointWeights::find(const Entry& entry) {
    const auto found = tensors_.find(entry.name);
    if (found == tensors_.end()) return std::nullopt;
    used_.insert(found->first);
    const Tensor& tensor = found->second;
    return is_float(tensor.dtype()) && is_float(entry.dtype) ? tensor.to(entry.dtype) : tensor;
}

const std::string& CheckpointWeights::choose(const std::vector<std::string>& names) const {
    for (const std::string& name : names)
        if (has(name)) return name;
    return names.front();
}

const Tensor* CheckpointWeights::look(std::string_view name) const {
    const auto found = tensors_.find(name);
    return found == tensors_.end() ? nullptr : &found->second;
}

std::vector<std::string> CheckpointWeights::unused() const {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : tensors_)
        if (!used_.contains(name)) names.push_back(name);
    return names;
}

}  // namespace lathe::zoo::nn
