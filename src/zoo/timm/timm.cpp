#include "zoo/timm/timm.h"

#include <algorithm>

#include "base/text.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

nn::Settings settings_of(const Chosen& chosen, const Options& options) {
    const Config& config = *chosen.tag.config;
    nn::Settings settings{.in_channels = options.in_channels.value_or(config.channels),
                          .height = options.input_size ? (*options.input_size)[0] : config.height,
                          .width = options.input_size ? (*options.input_size)[1] : config.width,
                          .num_classes = options.num_classes.value_or(chosen.tag.classes),
                          .features = options.features};
    for (const std::string_view key : split(config.first_conv, ' '))
        if (!key.empty()) settings.first_convs.emplace_back(key);
    return settings;
}

// One value per channel of the input: a grey input takes the average of the colours.
Result<std::vector<float>> per_channel(const std::optional<std::vector<double>>& chosen,
                                       const float (&usual)[3], int64_t channels, std::string_view what) {
    std::vector<float> values(usual, usual + 3);
    if (chosen) values.assign(chosen->begin(), chosen->end());
    if (values.size() == 3 && channels == 1) values = {(values[0] + values[1] + values[2]) / 3};
    if (values.size() == 1) values.resize(static_cast<size_t>(channels), values[0]);
    if (values.size() != static_cast<size_t>(channels))
        return fail("{} has {} values, the input {} channels", what, values.size(), channels);
    return values;
}

struct Normalization {
    std::vector<float> mean, deviation;
};

Result<Normalization> normalization_of(const Config& config, const Options& options, int64_t channels) {
    TRY(std::vector<float> mean, per_channel(options.mean, config.mean, channels, "the mean"));
    TRY(std::vector<float> deviation,
        per_channel(options.std, config.std, channels, "the standard deviation"));
    for (const float value : deviation)
        if (!(value > 0)) return fail("the standard deviation is {}, expected more than 0", value);
    return Normalization{std::move(mean), std::move(deviation)};
}

ValueId normalized(Net& net, ValueId x, const Normalization& n) {
    const Shape shape{net.settings.in_channels, 1, 1};
    const ValueId mean =
        net.constant("normalize.mean", Tensor::of<float>(shape, std::span<const float>(n.mean)));
    const ValueId deviation =
        net.constant("normalize.std", Tensor::of<float>(shape, std::span<const float>(n.deviation)));
    return net.div(net.sub(x, mean), deviation);
}

std::string words(std::span<const float> values) {
    std::string text;
    for (const float value : values) text += format("{}{}", text.empty() ? "" : " ", value);
    return text;
}

void write_metadata(graph::Graph& graph, const Chosen& chosen, const Normalization& n,
                    const nn::Settings& settings, const Options& options) {
    const Config& config = *chosen.tag.config;
    auto& notes = graph.metadata;
    notes["architecture"] = chosen.model->name;
    notes["family"] = chosen.model->family;
    notes["image.size"] = format("{} {} {}", settings.in_channels, settings.height, settings.width);
    notes["image.mean"] = words(options.normalize ? std::vector<float>(n.mean.size(), 0) : n.mean);
    notes["image.std"] = words(options.normalize ? std::vector<float>(n.deviation.size(), 1) : n.deviation);
    notes["image.interpolation"] = config.interpolation;
    notes["image.crop_pct"] = format("{}", config.crop_pct);
    notes["image.crop_mode"] = config.crop_mode;
    notes["image.classes"] = format("{}", settings.features ? 0 : settings.num_classes);
    if (options.softmax) notes["image.probabilities"] = "true";
}

int64_t parameters_in(const std::vector<nn::Entry>& entries) {
    int64_t count = 0;
    for (const nn::Entry& entry : entries)
        if (!entry.buffer) count += element_count(entry.shape);
    return count;
}

}  // namespace

Result<Built> build(const Chosen& chosen, nn::Weights& weights, const Options& options) {
    const Model& model = *chosen.model;
    const Family& family = family_of(model);
    Net net(weights, settings_of(chosen, options), model.name);
    const nn::Settings& settings = net.settings;
    if (settings.height < 1 || settings.width < 1)
        return fail("an input of {} x {} holds nothing", settings.height, settings.width);
    ValueId x =
        net.b.input("input", DType::kF32,
                    {nn::Dim::symbol("batch"), settings.in_channels, settings.height, settings.width});
    TRY(const Normalization normalization,
        normalization_of(*chosen.tag.config, options, settings.in_channels));
    if (options.normalize) x = normalized(net, x, normalization);
    x = family.build(net, model.name, x);
    if (options.softmax) x = net.softmax(x, -1);
    net.b.output("output", x);
    const std::string problems = describe_problems(net.problems().missing, net.problems().wrong, {});
    if (!problems.empty()) return fail("as {}: {}", model.name, problems);
    Built built{.entries = net.entries(), .aliases = net.aliases(), .marks = net.marks()};
    TRY(built.graph, with_place(net.b.finish(), model.name));
    built.graph.metadata["parameters"] = format("{}", parameters_in(built.entries));
    write_metadata(built.graph, chosen, normalization, settings, options);
    return built;
}

}  // namespace lathe::zoo::timm
