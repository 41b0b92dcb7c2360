#include "pipeline/image_inputs.h"

#include <algorithm>
#include <cmath>

#include "base/file.h"
#include "base/text.h"

namespace lathe::pipeline {
namespace {

using graph::Graph;
using image::Preprocessing;

// The numbers in a metadata entry, separated by spaces; empty when it is absent or holds something else.
std::vector<double> numbers_in(const Graph& graph, const char* key) {
    std::vector<double> numbers;
    const auto found = graph.metadata.find(key);
    if (found == graph.metadata.end()) return numbers;
    for (const std::string_view word : split(trim(found->second), ' ')) {
        double value = 0;
        if (!parse_double(word, value)) return {};
        numbers.push_back(value);
    }
    return numbers;
}

std::string text_in(const Graph& graph, const char* key) {
    const auto found = graph.metadata.find(key);
    return found == graph.metadata.end() ? std::string() : found->second;
}

Result<const graph::Value*> find_input(const Graph& graph) {
    const graph::Value* found = nullptr;
    for (const graph::ValueId id : graph.inputs) {
        const graph::Value& value = graph[id];
        if (!is_float(value.dtype) || value.shape.size() != 4) continue;
        if (found != nullptr)
            return fail("the inputs '{}' and '{}' could both be a picture; give tensors with --input",
                        found->name, value.name);
        found = &value;
    }
    if (found == nullptr || graph.inputs.size() != 1)
        return fail(
            "the model has no input of its own for a picture ([N, C, H, W] in floating point, and no other input)");
    return found;
}

// Takes the size that the graph fixes, else the chosen one, else leaves `size`.
Status settle(const graph::Dim& dim, std::optional<int64_t> chosen, int64_t& size, std::string_view what) {
    const auto fixed = dim.constant();
    if (fixed && chosen && *fixed != *chosen)
        return fail("the model's input has {} {}, not {}", what, *fixed, *chosen);
    size = fixed ? *fixed : chosen.value_or(size);
    return {};
}

Status settle_sizes(const Graph& graph, const graph::Dims& shape, const ImageChoices& choices,
                    ImageInput& input) {
    const auto is_color = [&](size_t axis) { return shape[axis] == 3 || shape[axis] == 1; };
    input.channels_last = !is_color(1) && is_color(3);
    input.batch = shape[0].constant();
    Preprocessing& how = input.how;
    const auto wanted = [&](size_t i) {
        return choices.input_size ? std::optional((*choices.input_size)[i]) : std::nullopt;
    };
    if (const auto sizes = numbers_in(graph, "image.size");
        sizes.size() == 3 && sizes[1] >= 1 && sizes[2] >= 1) {
        how.height = static_cast<int64_t>(std::min(sizes[1], 1e6));
        how.width = static_cast<int64_t>(std::min(sizes[2], 1e6));
    } else if (!choices.input_size && !(shape[input.channels_last ? 1 : 2].constant() &&
                                        shape[input.channels_last ? 2 : 3].constant())) {
        input.assumed.emplace_back(format("input size {} x {}", how.width, how.height));
    }
    TRY_STATUS(settle(shape[input.channels_last ? 3 : 1], wanted(0), how.channels, "channels"));
    TRY_STATUS(settle(shape[input.channels_last ? 1 : 2], wanted(1), how.height, "rows"));
    return settle(shape[input.channels_last ? 2 : 3], wanted(2), how.width, "columns");
}

Status settle_colors(const Graph& graph, const char* key, std::string_view what,
                     const std::optional<std::vector<double>>& chosen, std::array<double, 3>& values,
                     std::vector<std::string>& assumed) {
    const std::vector<double> found = chosen ? *chosen : numbers_in(graph, key);
    if (found.size() != 1 && found.size() != 3) {
        if (chosen) return fail("{} has {} values, expected 1 or 3", what, chosen->size());
        assumed.emplace_back(format("{} {} {} {}", what, values[0], values[1], values[2]));
        return {};
    }
    for (size_t c = 0; c < 3; ++c) values[c] = found[found.size() == 1 ? 0 : c];
    return {};
}

// A setting by name: chosen, or in the metadata, or assumed.
template <class T>
Status settle_name(const Graph& graph, const char* key, std::string_view what,
                   const std::optional<std::string>& chosen, std::optional<T> (*named)(std::string_view),
                   T& value, std::vector<std::string>& assumed) {
    const std::string name = chosen.value_or(text_in(graph, key));
    if (name.empty()) {
        assumed.emplace_back(format("{} {}", what, image::name_of(value)));
        return {};
    }
    const auto known = named(name);
    if (!known) return fail("'{}' is no {} known here", name, what);
    value = *known;
    return {};
}

Tensor last_to_front(const Tensor& batch) {
    constexpr std::array<int, 4> kOrder{0, 2, 3, 1};  // [N, C, H, W] -> [N, H, W, C]
    return batch.transposed(kOrder).to_contiguous();
}

// With the last picture repeated until there are `size`.
Tensor filled_up(const Tensor& batch, int64_t size) {
    const int64_t missing = size - batch.dim(0);
    if (missing <= 0) return batch;
    Shape shape = batch.shape();
    shape[0] = size;
    TensorBuilder builder(batch.dtype(), shape);
    const ByteSpan bytes = batch.bytes(), last = bytes.last(bytes.size() / static_cast<size_t>(batch.dim(0)));
    auto out = std::copy(bytes.begin(), bytes.end(), builder.bytes().begin());
    for (int64_t i = 0; i < missing; ++i) out = std::copy(last.begin(), last.end(), out);
    return builder.finish();
}

}  // namespace

ImageChoices with_options(ImageChoices choices, const zoo::ImageOptions& model) {
    if (!choices.mean) choices.mean = model.normalize ? std::nullopt : model.mean;
    if (!choices.std) choices.std = model.normalize ? std::nullopt : model.std;
    if (!choices.input_size && model.input_size && model.in_channels)
        choices.input_size = {*model.in_channels, (*model.input_size)[0], (*model.input_size)[1]};
    return choices;
}

Result<ImageInput> image_input(const Graph& graph, const ImageChoices& choices) {
    TRY(const graph::Value* value, find_input(graph));
    ImageInput input{.name = value->name};
    Preprocessing& how = input.how;
    TRY_STATUS(settle_sizes(graph, value->shape, choices, input));
    TRY_STATUS(settle_colors(graph, "image.mean", "mean", choices.mean, how.mean, input.assumed));
    TRY_STATUS(settle_colors(graph, "image.std", "std", choices.std, how.std, input.assumed));
    TRY_STATUS(settle_name(graph, "image.interpolation", "interpolation", choices.interpolation,
                           image::interpolation_named, how.interpolation, input.assumed));
    TRY_STATUS(settle_name(graph, "image.crop_mode", "crop mode", choices.crop_mode, image::crop_mode_named,
                           how.crop_mode, input.assumed));
    if (const auto pct = numbers_in(graph, "image.crop_pct"); choices.crop_pct || pct.size() == 1)
        how.crop_pct = choices.crop_pct ? *choices.crop_pct : pct[0];
    else input.assumed.emplace_back(format("crop {}", how.crop_pct));
    TRY_STATUS(image::check(how));
    return input;
}

Result<std::vector<std::string>> picture_paths(std::span<const std::string> files_and_folders) {
    std::vector<std::string> paths;
    for (const std::string& path : files_and_folders) {
        if (is_directory(path)) {
            TRY(const auto found, image::find_pictures(path));
            paths.insert(paths.end(), found.begin(), found.end());
        } else if (file_exists(path)) {
            paths.push_back(path);
        } else {
            return fail("{}: there is no such picture or folder", path);
        }
    }
    return paths;
}

Status for_each_batch(const ImageInput& input, std::span<const std::string> paths, int64_t size,
                      ThreadPool& pool, const std::function<Status(const ImageBatch&)>& use) {
    const auto step = static_cast<size_t>(std::max<int64_t>(input.batch.value_or(size), 1));
    for (size_t at = 0; at < paths.size(); at += step) {
        TRY(image::Batch read,
            image::read_batch(paths.subspan(at, std::min(step, paths.size() - at)), input.how, pool));
        ImageBatch batch{.paths = std::move(read.read), .unreadable = std::move(read.unreadable)};
        if (!batch.paths.empty()) {
            const Tensor whole = input.batch ? filled_up(read.inputs, *input.batch) : read.inputs;
            batch.inputs.emplace_back(input.name, input.channels_last ? last_to_front(whole) : whole);
        }
        TRY_STATUS(use(batch));
    }
    return {};
}

std::vector<ClassScore> top_classes(std::span<const double> scores, size_t k, bool are_probabilities) {
    std::vector<ClassScore> classes;
    const double most = scores.empty() ? 0 : *std::max_element(scores.begin(), scores.end());
    double total = 0;
    for (const double score : scores) total += are_probabilities ? 0 : std::exp(score - most);
    for (size_t i = 0; i < scores.size(); ++i)
        classes.push_back(
            {static_cast<int64_t>(i), are_probabilities ? scores[i] : std::exp(scores[i] - most) / total});
    const auto middle = classes.begin() + static_cast<std::ptrdiff_t>(std::min(k, classes.size()));
    std::partial_sort(classes.begin(), middle, classes.end(), [&](const ClassScore& a, const ClassScore& b) {
        const double score_a = scores[static_cast<size_t>(a.index)],
                     score_b = scores[static_cast<size_t>(b.index)];
        return score_a != score_b ? score_a > score_b : a.index < b.index;
    });
    classes.erase(middle, classes.end());
    return classes;
}

std::optional<ClassOutput> class_output(const Graph& graph) {
    if (text_in(graph, "image.classes") == "0") return std::nullopt;
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
        const graph::Value& value = graph[graph.outputs[i]];
        if (!is_float(value.dtype) || value.shape.size() != 2) continue;
        bool softmax = text_in(graph, "image.probabilities") == "true";
        for (const graph::Node& node : graph.nodes)
            softmax = softmax || (node.op->name == "softmax" && node.outputs[0] == graph.outputs[i]);
        return ClassOutput{i, softmax};
    }
    return std::nullopt;
}

}  // namespace lathe::pipeline
