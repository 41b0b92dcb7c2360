// timm's models as an architecture of the zoo: from a checkpoint, by its tensors or by a name.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "zoo/timm/detect.h"
#include "zoo/timm/families.h"
#include "zoo/timm/renames.h"
#include "zoo/timm/timm.h"

namespace lathe::zoo::timm {
namespace {

constexpr size_t kNamesShown = 6;

void add_list(std::string& text, std::string_view one, std::string_view many,
              const std::vector<std::string>& names) {
    if (names.empty()) return;
    const std::span<const std::string> shown(names.data(), std::min(names.size(), kNamesShown));
    text += format("{}{} {}: {}{}", text.empty() ? "" : "; ", names.size(), names.size() == 1 ? one : many,
                   join(shown, ", "), names.size() > kNamesShown ? ", …" : "");
}

std::string quoted_names(std::span<const Match> matches) {
    std::vector<std::string> names;
    for (const Match& match : matches) names.push_back(std::string(match.model->name));
    if (names.size() > kNamesShown) names.resize(kNamesShown), names.push_back("…");
    return join(names, ", ");
}

// The state itself when its names are timm's already, else under timm's names.
State known_names(State state) {
    const std::vector<Match> matches = detect(state);
    return !matches.empty() && matches[0].exact() ? state : renamed(std::move(state));
}

// The model that the user named, or the one that the tensors are. `note` says what else they could be.
Result<Chosen> chosen_model(const State& state, const std::string& name, std::string& note) {
    if (!name.empty()) return choose_model(name);
    const std::vector<Match> matches = detect(state);
    if (matches.empty())
        return fail("the tensors are of no model known here; --arch NAME says which they are");
    const Match& best = matches[0];
    if (!best.exact())
        return fail(
            "the tensors are of no model known here; the nearest are {} ({} missing, {} more, {} of another shape as {}); --arch NAME says which they are",
            quoted_names(matches), best.missing, best.extra, best.wrong, best.model->name);
    if (matches.size() > 1)
        note = format("the tensors also fit {}; --arch NAME chooses another than {}",
                      quoted_names(std::span(matches).subspan(1)), best.model->name);
    const bool hint_fits = state.hint.find(best.model->name) != std::string::npos;
    if (hint_fits)
        if (const auto hinted = choose_model(state.hint); hinted && hinted->model == best.model)
            return *hinted;
    return choose_model(best.model->name);
}

// How many classes the checkpoint's classifier has; nothing when it has none.
std::optional<int64_t> classes_in(const nn::CheckpointWeights& weights, const Config& config) {
    for (const std::string_view layer : split(config.classifier, ' '))
        for (const char* end : {".weight", ".bias"})
            if (const Tensor* tensor = weights.look(std::string(layer) + end);
                tensor != nullptr && tensor->rank() > 0)
                return tensor->dim(0);
    return std::nullopt;
}

// Among the sets of published weights the first with that many classes: its images were prepared like this one's.
Tag tag_for(const Chosen& chosen, int64_t classes) {
    if (chosen.tag.classes == classes) return chosen.tag;
    for (const Tag& tag : tags_of(*chosen.model))
        if (tag.classes == classes) return tag;
    return chosen.tag;
}

std::vector<std::string> unexpected_names(const nn::CheckpointWeights& weights, const Built& built,
                                          const Config& config, bool headless) {
    std::vector<std::string> names;
    for (const std::string& name : weights.unused()) {
        if (is_bookkeeping(name, weights.look(name)->dtype()) || built.aliases.contains(name)) continue;
        if (headless && is_of_layers(name, config.classifier)) continue;
        names.push_back(name);
    }
    return names;
}

// What else is wrong with a checkpoint of which tensors are missing, or of other shapes.
std::string also_unexpected(const nn::CheckpointWeights& weights, const Chosen& chosen,
                            const Options& image) {
    const auto hollow = nn::hollow_weights();
    const auto wanted = build(chosen, *hollow, image);
    if (!wanted) return {};
    std::set<std::string> expected;
    for (const nn::Entry& entry : wanted->entries) expected.insert(entry.name);
    std::vector<std::string> names = unexpected_names(weights, *wanted, *chosen.tag.config, image.features);
    std::erase_if(names, [&](const std::string& name) { return expected.contains(name); });
    return names.empty() ? std::string() : "; " + describe_problems({}, {}, names);
}

// Channels of the first convolution, which says what the checkpoint was made for.
std::optional<int64_t> channels_in(const nn::CheckpointWeights& weights, const Config& config) {
    const std::string first(config.first_conv.substr(0, config.first_conv.find(' ')));
    const Tensor* weight = weights.look(first + ".weight");
    if (weight == nullptr || weight->rank() != 4 || (weight->dim(1) != 1 && weight->dim(1) != 3))
        return std::nullopt;
    return weight->dim(1);
}

}  // namespace

std::string describe_problems(const std::vector<std::string>& missing, const std::vector<std::string>& wrong,
                              const std::vector<std::string>& unexpected) {
    std::string text;
    add_list(text, "tensor is missing", "tensors are missing", missing);
    add_list(text, "tensor has another shape", "tensors have another shape", wrong);
    add_list(text, "tensor is not expected", "tensors are not expected", unexpected);
    return text;
}

Certainty detect_timm(const graph::Checkpoint& checkpoint) {
    const std::vector<Match> matches = detect(known_names(state_of(checkpoint, {})));
    if (matches.empty()) return Certainty::kNo;
    return matches[0].exact() ? Certainty::kCertain : Certainty::kPossible;
}

Result<graph::Graph> build_timm(const graph::Checkpoint& checkpoint, const BuildOptions& options) {
    std::string note;
    State state = state_of(checkpoint, options.weights);
    state = known_names(std::move(state));
    TRY(Chosen chosen, with_place(chosen_model(state, options.model, note), checkpoint.path));
    nn::CheckpointWeights weights(state.tensors);
    const int64_t classes = classes_in(weights, *chosen.tag.config).value_or(0);
    chosen.tag = tag_for(chosen, classes);
    Options image = options.image;
    if (image.num_classes && *image.num_classes != classes && *image.num_classes != 0)
        return fail("{}: its classifier has {} classes, not {}", checkpoint.path, classes,
                    *image.num_classes);
    if (!image.num_classes) image.num_classes = classes;
    if (!image.in_channels) image.in_channels = channels_in(weights, *chosen.tag.config);
    auto made = build(chosen, weights, image);
    if (!made)
        return fail("{}: {}{}", checkpoint.path, made.error().message,
                    also_unexpected(weights, chosen, image));
    Built built = *std::move(made);
    const bool headless = image.features || *image.num_classes == 0;
    const std::string problems =
        describe_problems({}, {}, unexpected_names(weights, built, *chosen.tag.config, headless));
    if (!problems.empty() && !image.features)
        return fail("{}: as {}: {}", checkpoint.path, chosen.model->name, problems);
    if (!note.empty()) built.graph.metadata["note"] = note;
    return std::move(built.graph);
}

}  // namespace lathe::zoo::timm
