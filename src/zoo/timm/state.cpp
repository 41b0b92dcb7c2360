#include "zoo/timm/state.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "zoo/timm/models.h"

namespace lathe::zoo::timm {
namespace {

using graph::NamedTensor;

// Where training programs keep the model, in the order in which they are preferred.
constexpr std::array<std::string_view, 12> kWrappers = {
    "state_dict_ema.",   "model_ema.",   "ema_state_dict.", "params_ema.", "ema.",     "state_dict.",
    "model_state_dict.", "model_state.", "model.",          "net.",        "network.", "params.",
};
// What wrapping modules put in front of every name.
constexpr std::array<std::string_view, 4> kPrefixes = {"module.", "_orig_mod.", "model.", "ema_model."};

bool state_is_digit(char c) { return c >= '0' && c <= '9'; }

// Not "network.0.weight": what stands in a wrapper is a model, whose names begin with words.
bool has_wrapper(const std::vector<NamedTensor>& tensors, std::string_view wrapper) {
    return std::ranges::any_of(tensors, [&](const NamedTensor& entry) {
        const std::string_view name = entry.name;
        return name.starts_with(wrapper) && name.size() > wrapper.size() &&
               !state_is_digit(name[wrapper.size()]);
    });
}

std::vector<NamedTensor> under(const std::vector<NamedTensor>& tensors, std::string_view prefix) {
    std::vector<NamedTensor> chosen;
    for (const auto& [name, tensor] : tensors)
        if (name.starts_with(prefix)) chosen.push_back({name.substr(prefix.size()), tensor});
    return chosen;
}

// The wrapper that `weights` names, or the first there is.
std::string_view wrapper_of(const std::vector<NamedTensor>& tensors, std::string_view weights) {
    for (const std::string_view wrapper : kWrappers)
        if (!weights.empty() && wrapper.substr(0, wrapper.size() - 1) == weights &&
            has_wrapper(tensors, wrapper))
            return wrapper;
    for (const std::string_view wrapper : kWrappers)
        if (has_wrapper(tensors, wrapper)) return wrapper;
    return {};
}

bool strip_prefix(std::vector<NamedTensor>& tensors) {
    for (const std::string_view prefix : kPrefixes) {
        const bool all = std::ranges::all_of(
            tensors, [&](const NamedTensor& entry) { return entry.name.starts_with(prefix); });
        if (!all) continue;
        tensors = under(tensors, prefix);
        return true;
    }
    return false;
}

std::string word_of(const Json* json) {
    return json != nullptr && json->is_string() ? json->get<std::string>() : std::string();
}

// timm's training script keeps "arch" and "args"; Hub files have "architecture".
std::string name_in_metadata(const Json& metadata) {
    for (const char* key : {"architecture", "arch", "model_name"})
        if (const std::string name = word_of(find_member(metadata, key)); !name.empty()) return name;
    const Json* args = find_member(metadata, "args");
    return args == nullptr ? std::string() : word_of(find_member(*args, "model"));
}

// The longest model's name that the file's name holds: "tf_efficientnet_b0_aa-827b6e33.pth".
std::string name_in_path(const std::string& path) {
    const std::string file = path.substr(path.find_last_of('/') + 1);
    std::string_view best;
    for (const Model& model : all_models())
        if (model.name.size() > best.size() && file.find(model.name) != file.npos) best = model.name;
    return std::string(best);
}

}  // namespace

State state_of(const graph::Checkpoint& checkpoint, std::string_view weights) {
    State state{.tensors = checkpoint.tensors};
    const std::string_view wrapper = wrapper_of(state.tensors, weights);
    if (!wrapper.empty()) state.tensors = under(state.tensors, wrapper);
    while (!state.tensors.empty() && strip_prefix(state.tensors)) {}
    if (checkpoint.metadata) state.hint = name_in_metadata(*checkpoint.metadata);
    if (state.hint.empty()) state.hint = name_in_path(checkpoint.path);
    return state;
}

bool is_bookkeeping(const std::string& name, DType dtype) {
    return !is_float(dtype) || name.ends_with("num_batches_tracked") ||
           name.ends_with("relative_position_index") || name.ends_with("attn_mask") ||
           name.ends_with("relative_coords_table");
}

}  // namespace lathe::zoo::timm
