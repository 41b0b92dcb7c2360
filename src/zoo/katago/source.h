// Source: where a Net's layers come from. The two kinds of checkpoints store the same layers differently; each has its
// Source (from_records.cpp, from_pytorch.cpp), and loading reads the same for both. The first error sticks.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "zoo/katago/net.h"

namespace lathe::zoo::katago {

inline constexpr int64_t kAny = -1;  // any number of channels

class Source {
public:
    virtual ~Source() = default;

    // in, out: the channels that the neighbours have. A layer of another shape is an error that names it.
    virtual Conv conv(const std::string& key, int64_t in, int64_t out = kAny) = 0;
    virtual Norm norm(const std::string& key, int64_t channels, std::optional<double> scale = {}) = 0;
    // bias_key: where a network file keeps the bias; checkpoints have it at `key`. Empty: no bias.
    virtual Matrix matrix(const std::string& key, int64_t in, int64_t out = kAny,
                          const std::string& bias_key = {}) = 0;
    virtual RmsNorm block_norm(const std::string& key, int64_t channels) = 0;
    virtual Activation activation(const std::string& key) = 0;

    NormActConv norm_act_conv(const std::string& key, int64_t in, int64_t out = kAny,
                              std::optional<double> scale = {});
    // `shape` has the numbers of heads and their sizes, and the rotary embedding.
    Attention attention(const std::string& key, int64_t channels, Attention shape);
    FeedForward feed_forward(const std::string& key, int64_t channels, int64_t inner, bool gated);
    PolicyHead policy_head(const std::string& key, int64_t channels);
    ValueHead value_head(const std::string& key, int64_t channels);

    bool ok() const { return !error_; }
    const Error& error() const { return *error_; }
    void fail_with(std::string message);

protected:
    bool has(const std::string& name) const { return tensors_.contains(name); }
    // The tensor as f32, which counts as used. Errors: missing, of another rank or not of floats, NaN or infinity.
    Tensor take(const std::string& name, int rank);
    // A tensor of `channels` elements, flat.
    Tensor take_vector(const std::string& name, int64_t channels);
    std::optional<Tensor> take_vector_if_there(const std::string& name, int64_t channels);
    void expect(const std::string& key, std::string_view what, int64_t found, int64_t expected);
    Matrix checked(Matrix matrix, int64_t in, int64_t out);
    Conv checked(Conv conv, int64_t in, int64_t out);

    std::map<std::string, Tensor, std::less<>> tensors_;
    std::set<std::string, std::less<>> used_;

private:
    std::optional<ScoreBelief> score_belief(const std::string& key, int64_t pooled);
    std::optional<Error> error_;
};

int64_t out_channels(const NormActConv& layer);

}  // namespace lathe::zoo::katago
