// Weights: where the tensors of a model come from while its graph is built. An architecture asks for every entry of its
// checkpoint by name and shape; what it asked for is the model's list of tensors.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "graph/checkpoint.h"
#include "tensor/tensor.h"

namespace lathe::zoo::nn {

struct Entry {
    std::string name;
    Shape shape;
    DType dtype = DType::kF32;
    bool buffer = false;  // PyTorch's buffers: running statistics, index tables
    bool operator==(const Entry&) const = default;
};

class Weights {
public:
    virtual ~Weights() = default;
    // The tensor of that name, in whatever shape the source has it; nothing when there is none.
    virtual std::optional<Tensor> find(const Entry& entry) = 0;
    virtual bool has(
        std::string_view name) const = 0;  // sources that have everything: false for what was never asked for
    // Which of a shared tensor's names is looked for. Sources that set every name in turn: the last one.
    virtual const std::string& choose(const std::vector<std::string>& names) const { return names.back(); }
    virtual bool hollow() const { return false; }  // tensors without values: only names and shapes matter
};

// Zeros that take no memory: for counting parameters and comparing shapes.
std::unique_ptr<Weights> hollow_weights();

// Values in a range that keeps signals alive, by a rule anyone can repeat: splitmix64 of the name's FNV-1a hash plus the
// row-major index, as u in [-1, 1); tensors of rank >= 2 are u * gain * sqrt(3 / elements per output), scales 1 + 0.1 u,
// running variances 1 + 0.2 u, running means 0.1 u, bounds (.input_min …) infinite, all else 0.05 u.
std::unique_ptr<Weights> weights_by_rule(double gain = 1);
Tensor tensor_by_rule(const Entry& entry, double gain);
// 2 * (splitmix64(fnv1a64(name) + index) / 2^64) - 1 to 53 bits.
class UnitNoise {
public:
    explicit UnitNoise(std::string_view name);
    double operator()(uint64_t index) const;

private:
    uint64_t seed_;
};

// A checkpoint's tensors. Floats of other kinds become f32.
class CheckpointWeights : public Weights {
public:
    explicit CheckpointWeights(std::vector<graph::NamedTensor> tensors);
    std::optional<Tensor> find(const Entry& entry) override;
    bool has(std::string_view name) const override { return tensors_.contains(name); }
    const std::string& choose(const std::vector<std::string>& names) const override;  // the first there is
    const Tensor* look(std::string_view name) const;  // without using it; nullptr: none
    std::vector<std::string> unused() const;  // names nobody asked for, sorted

private:
    std::map<std::string, Tensor, std::less<>> tensors_;
    std::set<std::string, std::less<>> used_;
};

}  // namespace lathe::zoo::nn
