// `lathe export coreml`.
#include <algorithm>

#include "base/file.h"
#include "base/output_folder.h"
#include "base/text.h"
#include "base/version.h"
#include "formats/coreml/package.h"
#include "formats/coreml/write.h"
#include "image/labels.h"
#include "pipeline/exporters.h"
#include "pipeline/precision.h"

namespace lathe::pipeline {
namespace {

using formats::coreml::BatchRange;
using formats::coreml::Picture;
using formats::coreml::Weights;
using formats::coreml::Written;

constexpr int64_t kMostBatch = 16;  // of --dynamic-batch without bounds
constexpr double kWhite = 255;

struct CoremlPrecision {
    std::string_view name;
    bool half;
    Weights weights;
    std::string_view stored;  // how weights lie in the file, for people; empty: as the arithmetic
};
constexpr CoremlPrecision kCoremlPrecisions[] = {
    {"fp16", true, Weights::kPlain, ""},
    {"fp32", false, Weights::kPlain, ""},
    {"int8-weights", true, Weights::kI8, "codes of 8 bits with a scale for each output channel"},
    {"int4-weights", true, Weights::kI4, "codes of 4 bits with a scale for each block of input channels"},
    {"palette8", true, Weights::kPalette8, "indices of 8 bits into a table of each tensor"},
    {"palette6", true, Weights::kPalette6, "indices of 6 bits into a table of each tensor"},
    {"palette4", true, Weights::kPalette4, "indices of 4 bits into a table of each tensor"},
};

Result<std::vector<double>> colors_in(const graph::Graph& graph, const std::string& key, double absent) {
    const auto it = graph.metadata.find(key);
    if (it == graph.metadata.end()) return std::vector<double>{absent};
    std::vector<double> values;
    for (const std::string_view word : split(trim(it->second), ' ')) {
        double value = 0;
        if (!parse_double(word, value))
            return fail("the model's note {} is '{}', expected numbers", key, it->second);
        values.push_back(value);
    }
    if (values.size() != 1 && values.size() != 3)
        return fail("the model's note {} has {} numbers", key, values.size());
    return values;
}

// (picture / 255 - mean) / deviation
Result<Picture> picture_of(const graph::Graph& graph) {
    TRY(auto means, colors_in(graph, "image.mean", 0));
    TRY(auto deviations, colors_in(graph, "image.std", 1));
    if (means.size() != deviations.size()) {
        means.resize(3, means[0]);
        deviations.resize(3, deviations[0]);
    }
    Picture picture;
    for (size_t i = 0; i < means.size(); ++i) {
        if (deviations[i] <= 0) return fail("the model's note image.std holds {}", deviations[i]);
        picture.scale.push_back(1 / (kWhite * deviations[i]));
        picture.bias.push_back(-means[i] / deviations[i]);
    }
    return picture;
}

Result<std::vector<std::string>> labels_of_classes(const graph::Graph& graph, const std::string& source) {
    if (source.empty()) return std::vector<std::string>();
    const graph::Dims& shape = graph[graph.outputs[0]].shape;
    const auto classes = shape.empty() ? std::nullopt : shape.back().constant();
    if (!classes) return fail("--labels are for a network that says how likely each class is");
    return image::load_labels(source, *classes);
}

std::string counted(size_t count, std::string_view thing) {
    return format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

// The first few names.
std::string some_of(const std::vector<std::string>& names) {
    constexpr size_t kMost = 4;
    const std::vector<std::string> few(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMost)));
    return join(few, ", ") + (names.size() > kMost ? ", ..." : "");
}

void describe_package(const Written& written, const CoremlPrecision& precision, const ExportOptions& options,
                      ExportReport& report) {
    report.notes.push_back(format(
        "an ML program for {} and later (specification {}); it computes in {}{}, inputs and outputs are fp32",
        written.system, written.version, precision.half ? "fp16" : "fp32",
        options.precision_is_usual ? ", which is usual for Core ML (--precision fp32 for more digits)" : ""));
    if (!precision.stored.empty())
        report.notes.push_back(format(
            "{} of {} weights of products are {}; the others have few elements or are heads, and stay as they are",
            written.compressed, written.compressed + written.plain, precision.stored));
    if (!written.narrowed.empty())
        report.notes.push_back(format(
            "{} of i64 ({}) are i32 here, as Core ML has no wider whole numbers: what goes beyond 2147483647 would be wrong",
            counted(written.narrowed.size(), "value"), some_of(written.narrowed)));
    if (!written.beyond_half.empty())
        report.notes.push_back(format(
            "{} ({}) have numbers beyond fp16, written as its largest, 65504; --precision fp32 keeps them",
            counted(written.beyond_half.size(), "constant"), some_of(written.beyond_half)));
    if (!options.labels.empty() && !written.gives_probabilities)
        report.notes.emplace_back(
            "the classes' numbers are what the network gives, no probabilities; --softmax makes them such");
    report.notes.emplace_back(
        "nothing but Apple's systems runs Core ML: what follows is Lathe's own reading of the package");
}

}  // namespace

std::vector<std::string> coreml_precisions() {
    std::vector<std::string> names;
    for (const CoremlPrecision& one : kCoremlPrecisions) names.emplace_back(one.name);
    return names;
}

Status check_coreml(const ExportOptions& options) {
    const bool several = options.dynamic_batch || options.batch_size > 1;
    if (options.image_input && several)
        return fail("--image-input takes one picture at a time; leave the batch at 1");
    if (!options.labels.empty() && several)
        return fail(
            "--labels make a classifier, which takes one image at a time in Core ML; leave the batch at 1, or the labels "
            "away");
    if (options.labels != "imagenet" && !options.labels.empty() && !file_exists(options.labels))
        return fail("{}: there is no such file of labels", options.labels);
    TRY(const OutputFolder place, OutputFolder::create(options.output));
    return {};
}

Status coreml_inputs(const graph::Graph& source, const ExportOptions& options, check::NamedTensors& set) {
    if (!options.image_input || source.inputs.empty()) return {};
    TRY(const Picture picture, picture_of(source));
    for (auto& [name, tensor] : set) {
        if (name != source[source.inputs[0]].name || tensor.rank() != 4) continue;
        std::vector<double> values = tensor.to_doubles();
        const auto plane = static_cast<size_t>(tensor.dim(2) * tensor.dim(3)),
                   channels = picture.scale.size();
        for (size_t i = 0; i < values.size(); ++i) {
            const size_t channel = channels == 1 ? 0 : i / plane % channels;
            values[i] = (values[i] - picture.bias[channel]) / picture.scale[channel];
        }
        tensor = tensor_from_doubles(tensor.dtype(), tensor.shape(), values);
    }
    return {};
}

Status write_coreml(graph::Graph graph, const ExportOptions& options, ExportReport& report,
                    const Progress& progress) {
    const auto precision = std::ranges::find(kCoremlPrecisions, options.precision, &CoremlPrecision::name);
    if (precision == std::end(kCoremlPrecisions))
        return fail("Core ML has no precision {}", options.precision);
    formats::coreml::WriteOptions write{.half = precision->half,
                                        .weights = precision->weights,
                                        .block = options.quantization.block,
                                        .keep_scopes = head_scopes(),
                                        .producer_version = version(),
                                        .progress = progress};
    if (options.dynamic_batch) {
        write.batch = options.batch_range ? BatchRange{(*options.batch_range)[0], (*options.batch_range)[1],
                                                       (*options.batch_range)[2]}
                                          : BatchRange{1, 1, kMostBatch};
        report.notes.push_back(format("batches of {} to {} images, {} unless said otherwise",
                                      write.batch->least, write.batch->most, write.batch->usual));
    }
    if (options.image_input) {
        TRY(write.picture, picture_of(graph));
        graph.metadata["image.mean"] = "0";
        graph.metadata["image.std"] = format("{}", 1 / kWhite);
    }
    TRY(write.labels, labels_of_classes(graph, options.labels));
    TRY(const Written written, formats::coreml::write(graph, options.output, write));
    const std::string root = options.output + "/Data/com.apple.CoreML/";
    report.files = {root + "model.mlmodel"};
    if (written.weight_bytes > 0) report.files.push_back(root + "weights/weight.bin");
    report.files.push_back(options.output + "/" + std::string(formats::coreml::kManifest));
    describe_package(written, *precision, options, report);
    return {};
}

}  // namespace lathe::pipeline
