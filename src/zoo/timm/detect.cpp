#include "zoo/timm/detect.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "zoo/nn/fit.h"
#include "zoo/timm/families.h"
#include "zoo/timm/timm.h"

namespace lathe::zoo::timm {
namespace {

constexpr size_t kNearest = 5;       // candidates compared tensor by tensor when none is exact
constexpr size_t kNearMisses = 3;

const Config& usual_config(const Model& model) {
    static const std::vector<const Config*> configs = [] {
        std::vector<const Config*> list;
        for (const Model& row : all_models()) list.push_back(tags_of(row)[0].config);
        return list;
    }();
    return *configs[static_cast<size_t>(&model - all_models().data())];
}

// Models whose names (and shapes) are those of the tensors, by hash.
struct ByHash {
    std::vector<const Model*> same_shapes, same_names;
};

ByHash find_by_hash(const State& state) {
    std::map<std::string_view, TensorSetHash> hashes;  // by the classifier that is left out
    for (const Model& model : all_models()) hashes.try_emplace(usual_config(model).classifier);
    for (auto& [classifier, hash] : hashes)
        for (const auto& [name, tensor] : state.tensors)
            if (!is_bookkeeping(name, tensor.dtype()) && !is_of_layers(name, classifier))
                hash.add(name, tensor.shape());
    ByHash found;
    for (const Model& model : all_models()) {
        const TensorSetHash& hash = hashes[usual_config(model).classifier];
        if (hash.shapes == model.shapes_hash) found.same_shapes.push_back(&model);
        else if (hash.names == model.names_hash) found.same_names.push_back(&model);
    }
    return found;
}

int preference(const State& state, const Model& model) {
    std::string_view hint = state.hint;
    if (const size_t slash = hint.find_last_of('/'); slash != hint.npos) hint.remove_prefix(slash + 1);
    if (hint.substr(0, hint.find('.')) == model.name) return 1000;
    return static_cast<int>(tags_of(model).size());
}

void sort_matches(const State& state, std::vector<Match>& matches) {
    std::ranges::stable_sort(matches, [&](const Match& a, const Match& b) {
        if (a.faults() != b.faults()) return a.faults() < b.faults();
        return preference(state, *a.model) > preference(state, *b.model);
    });
}

// Models that may be near: about as many weights, and the same first convolution.
std::vector<const Model*> rough_candidates(const State& state) {
    std::set<std::string, std::less<>> names;
    int64_t weights = 0;
    for (const auto& [name, tensor] : state.tensors) {
        names.insert(name);
        if (!is_bookkeeping(name, tensor.dtype())) weights += tensor.count();
    }
    std::vector<std::pair<double, const Model*>> ranked;
    for (const Model& model : all_models()) {
        const std::string_view stems = usual_config(model).first_conv;
        const std::string first = std::string(stems.substr(0, stems.find(' '))) + ".weight";
        const double ratio = static_cast<double>(weights) / static_cast<double>(model.parameters);
        if (names.contains(first)) ranked.emplace_back(std::abs(std::log(std::max(ratio, 1e-9))), &model);
    }
    std::ranges::sort(ranked);
    std::vector<const Model*> models;
    for (size_t i = 0; i < std::min(ranked.size(), kNearest * 4); ++i) models.push_back(ranked[i].second);
    return models;
}

std::vector<Match> compare_all(const State& state, const std::vector<const Model*>& models) {
    std::vector<Match> matches;
    for (const Model* model : models) matches.push_back(compare(state, *model));
    sort_matches(state, matches);
    return matches;
}

bool same_but_for_channels(const Shape& a, const Shape& b) {
    return a.size() == 4 && b.size() == 4 && a[0] == b[0] && a[2] == b[2] && a[3] == b[3];
}

}  // namespace

Match compare(const State& state, const Model& model) {
    Match match{.model = &model};
    const auto weights = nn::hollow_weights();
    const auto built = build({&model, tags_of(model)[0]}, *weights, {});
    if (!built) return {.model = &model, .missing = state.tensors.size()};
    const Config& config = usual_config(model);
    std::map<std::string, const Tensor*, std::less<>> there;
    for (const auto& [name, tensor] : state.tensors) there.emplace(name, &tensor);
    for (const nn::Entry& entry : built->entries) {
        const auto found = there.find(entry.name);
        if (is_bookkeeping(entry.name, entry.dtype) || is_of_layers(entry.name, config.classifier)) continue;
        if (found == there.end()) ++match.missing;
        else if (!nn::same_values(found->second->shape(), entry.shape) &&
                 !(is_of_layers(entry.name, config.first_conv) &&
                   same_but_for_channels(found->second->shape(), entry.shape)))
            ++match.wrong;
    }
    for (const auto& [name, tensor] : there)
        if (!is_bookkeeping(name, tensor->dtype())) ++match.extra;
    for (const nn::Entry& entry : built->entries)
        if (!is_bookkeeping(entry.name, entry.dtype) && there.contains(entry.name)) --match.extra;
    for (const auto& [alias, original] : built->aliases)
        if (there.contains(alias)) --match.extra;
    return match;
}

std::vector<Match> detect(const State& state) {
    if (state.tensors.empty()) return {};
    const ByHash by_hash = find_by_hash(state);
    std::vector<Match> matches;
    for (const Model* model : by_hash.same_shapes) matches.push_back({.model = model});
    if (!matches.empty()) {
        sort_matches(state, matches);
        return matches;
    }
    matches = compare_all(state, by_hash.same_names.empty() ? rough_candidates(state) : by_hash.same_names);
    std::erase_if(matches, [&](const Match& match) { return match.faults() * 2 > state.tensors.size(); });
    if (!matches.empty() && matches[0].exact())
        std::erase_if(matches, [](const Match& match) { return !match.exact(); });
    else if (matches.size() > kNearMisses) matches.resize(kNearMisses);
    return matches;
}

}  // namespace lathe::zoo::timm
