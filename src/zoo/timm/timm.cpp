#include "zoo/timm/timm.h"

#include "base/text.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

constexpr size_t kNamesShown = 8;

void add_list(std::string& text, std::string_view what, const std::vector<std::string>& names) {
    if (names.empty()) return;
    const std::span<const std::string> shown(names.data(), std::min(names.size(), kNamesShown));
    text += format("{}{} {}: {}{}", text.empty() ? "" : "; ", names.size(), what, join(shown, ", "), names.size() > kNamesShown ? ", …" : "");
}

nn::Settings settings_of(const Chosen& chosen, const Options& options) {
    const Config& config = *chosen.tag.config;
    nn::Settings settings{.in_channels = options.in_channels.value_or(config.channels),
                          .height = options.input_size ? options.input_size->h : config.height,
                          .width = options.input_size ? options.input_size->w : config.width,
                          .num_classes = options.num_classes.value_or(chosen.tag.classes),
                          .features = options.features};
    for (const std::string_view key : split(config.first_conv, ' '))
        if (!key.empty()) settings.first_convs.emplace_back(key);
    return settings;
}

// One value per channel of the input: a grey input takes the average of the colours.
Result<Tensor> per_channel(const std::optional<std::vector<float>>& chosen, const float (&usual)[3], int64_t channels, std::string_view what) {
    std::vector<float> values = chosen ? *chosen : std::vector<float>(usual, usual + 3);
    if (values.size() == 3 && channels == 1) values = {(values[0] + values[1] + values[2]) / 3};
    if (values.size() == 1) values.resize(static_cast<size_t>(channels), values[0]);
    if (values.size() != static_cast<size_t>(channels)) return fail("{} has {} values, the input {} channels", what, values.size(), channels);
    return Tensor::of<float>({channels, 1, 1}, std::span<const float>(values));
}

Result<ValueId> normalized(Net& net, ValueId x, const Config& config, const Options& options) {
    TRY(const Tensor mean, per_channel(options.mean, config.mean, net.settings.in_channels, "the mean"));
    TRY(const Tensor deviation, per_channel(options.std, config.std, net.settings.in_channels, "the standard deviation"));
    for (const float value : deviation.values<float>())
        if (!(value > 0)) return fail("the standard deviation is {}, expected more than 0", value);
    return net.div(net.sub(x, net.constant("normalize.mean", mean)), net.constant("normalize.std", deviation));
}

}  // namespace

Result<Built> build(const Chosen& chosen, nn::Weights& weights, const Options& options) {
    const Model& model = *chosen.model;
    const Family* family = find_family(model.family);
    if (family == nullptr) return fail("the family '{}' of {} is not built here yet", model.family, model.name);
    Net net(weights, settings_of(chosen, options), model.name);
    const nn::Settings& settings = net.settings;
    if (settings.height < 1 || settings.width < 1) return fail("an input of {} x {} holds nothing", settings.height, settings.width);
    ValueId x = net.b.input("input", DType::kF32, {nn::Dim::symbol("batch"), settings.in_channels, settings.height, settings.width});
    if (options.normalize) {
        TRY(x, normalized(net, x, *chosen.tag.config, options));
    }
    x = family->build(net, model.name, x);
    if (options.softmax) x = net.softmax(x, -1);
    net.b.output("output", x);
    std::string problems;
    add_list(problems, "tensors are missing", net.problems().missing);
    add_list(problems, "have another shape", net.problems().wrong);
    if (!problems.empty()) return fail("as {}: {}", model.name, problems);
    Built built{.entries = net.entries(), .aliases = net.aliases(), .marks = net.marks()};
    TRY(built.graph, with_place(net.b.finish(), model.name));
    built.graph.metadata["architecture"] = model.name;
    return built;
}

}  // namespace lathe::zoo::timm
