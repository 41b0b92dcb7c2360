#include "pipeline/run_images.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace lathe::pipeline {
namespace {

// Parts [n, …] that differ in n only, one behind the other.
Tensor joined(std::span<const Tensor> parts) {
    Shape shape = parts[0].shape();
    shape[0] = 0;
    for (const Tensor& part : parts) shape[0] += part.dim(0);
    TensorBuilder builder(parts[0].dtype(), shape);
    auto out = builder.bytes().begin();
    for (const Tensor& part : parts) out = std::copy(part.bytes().begin(), part.bytes().end(), out);
    return builder.finish();
}

// The first `count` along the batch.
Tensor first(const Tensor& tensor, int64_t count) {
    if (tensor.dim(0) <= count) return tensor;
    Shape shape = tensor.shape();
    shape[0] = count;
    return Tensor(
        tensor.dtype(), shape,
        tensor.storage().slice(0, static_cast<size_t>(bytes_of(tensor.dtype(), element_count(shape)))));
}

struct Runner {
    const graph::Graph& graph;
    const run::Program* program;
    std::optional<ClassOutput> classes;
    size_t top;
    RunImagesReport& report;
    std::vector<std::vector<Tensor>> parts;  // of each output

    // Errors: a result that has not one row for every picture, or rows of another size than before.
    Status keep(size_t output, const Tensor& result, const ImageBatch& batch) {
        const int64_t rows = batch.inputs[0].second.dim(0);
        if (result.rank() == 0 || result.dim(0) != rows)
            return fail("the output '{}' is {} for {} pictures, so it has no row for each",
                        graph[graph.outputs[output]].name, describe(result), rows);
        auto& kept = parts[output];
        kept.push_back(first(result.to_contiguous(), static_cast<int64_t>(batch.paths.size())));
        const Shape &a = kept.front().shape(), &b = kept.back().shape();
        if (!std::equal(a.begin() + 1, a.end(), b.begin() + 1, b.end()))
            return fail("the output '{}' is {} for some pictures and {} for others",
                        graph[graph.outputs[output]].name, describe(kept.front()), describe(kept.back()));
        return {};
    }

    Status run(const ImageBatch& batch) {
        for (const Error& error : batch.unreadable) report.unreadable.push_back(error);
        if (batch.paths.empty()) return {};
        TRY(const auto inputs, check::inputs_in_order(graph, batch.inputs));
        TRY(const auto results, program->run(inputs));
        for (size_t i = 0; i < results.size(); ++i) TRY_STATUS(keep(i, results[i], batch));
        std::vector<double> scores;
        if (classes) scores = parts[classes->index].back().to_doubles();
        const size_t width = scores.size() / batch.paths.size();
        for (size_t i = 0; i < batch.paths.size(); ++i) {
            report.pictures.push_back({.path = batch.paths[i]});
            if (classes)
                report.pictures.back().top =
                    top_classes(std::span(scores).subspan(i * width, width), top, classes->are_probabilities);
        }
        return {};
    }
};

Result<image::Labels> labels_for(const graph::Graph& graph, const std::optional<ClassOutput>& classes,
                                 const std::string& wanted) {
    if (wanted.empty()) return image::Labels{};
    if (!classes) return fail("the model has no output of classes ([N, classes]) that --labels could name");
    const auto count = graph[graph.outputs[classes->index]].shape[1].constant();
    if (!count)
        return fail(
            "the number of the model's classes is not known before it runs, so --labels cannot be checked");
    return image::load_labels(wanted, *count);
}

std::string name_of_class(const RunImagesReport& report, const ClassScore& score) {
    if (report.labels.empty()) return format("class {}", score.index);
    return format("{} ({})", report.labels[static_cast<size_t>(score.index)], score.index);
}

}  // namespace

Result<RunImagesReport> run_images(const std::string& path, const RunImagesOptions& options, ThreadPool& pool,
                                   const Progress& progress) {
    TRY(const auto paths, picture_paths(options.pictures));
    ModelOptions model_options = options.model;
    model_options.for_pictures = true;
    TRY(const Model model, open_model(path, model_options));
    const graph::Graph& graph = model.graph;
    RunImagesReport report;
    TRY(report.input,
        with_place(image_input(graph, with_options(options.choices, options.model.image)), path));
    if (!report.input.assumed.empty())
        report.notes.push_back(format("{} does not say how pictures are prepared; taken as in timm: {}", path,
                                      join(report.input.assumed, ", ")));
    Runner runner{graph, nullptr, class_output(graph), options.top, report, {}};
    TRY(report.labels, labels_for(graph, runner.classes, options.labels));
    TRY(const auto program, plan_for(graph, options.engine));
    runner.program = program.get();
    runner.parts.resize(graph.outputs.size());
    TRY_STATUS(for_each_batch(report.input, paths, options.batch, pool, [&](const ImageBatch& batch) {
        const Status status = runner.run(batch);
        if (progress) progress("pictures", report.pictures.size() + report.unreadable.size(), paths.size());
        return status;
    }));
    if (report.pictures.empty()) return std::unexpected(report.unreadable.front());
    for (size_t i = 0; i < graph.outputs.size(); ++i)
        report.outputs.emplace_back(graph[graph.outputs[i]].name, joined(runner.parts[i]));
    return report;
}

std::string to_text(const RunImagesReport& report) {
    std::string text;
    for (const PictureResult& picture : report.pictures) {
        text += picture.path + "\n";
        for (const ClassScore& score : picture.top)
            text += format("  {:5.1f}%  {}\n", 100 * score.probability, name_of_class(report, score));
    }
    if (report.pictures.front().top.empty())
        for (const auto& [name, tensor] : report.outputs) text += format("{}: {}\n", name, describe(tensor));
    for (const Error& error : report.unreadable) text += format("left out: {}\n", error.message);
    for (const std::string& note : report.notes) text += format("note: {}\n", note);
    return text;
}

Json to_json(const RunImagesReport& report) {
    Json json = {{"images", Json::array()}};
    for (const PictureResult& picture : report.pictures) {
        Json top = Json::array();
        for (const ClassScore& score : picture.top) {
            Json entry = {{"class", score.index}, {"probability", score.probability}};
            if (!report.labels.empty()) entry["label"] = report.labels[static_cast<size_t>(score.index)];
            top.push_back(std::move(entry));
        }
        json["images"].push_back({{"path", picture.path}, {"top", std::move(top)}});
    }
    const image::Preprocessing& how = report.input.how;
    json["preprocessing"] = {{"input_size", {how.channels, how.height, how.width}},
                             {"mean", how.mean},
                             {"std", how.std},
                             {"interpolation", image::name_of(how.interpolation)},
                             {"crop_pct", how.crop_pct},
                             {"crop_mode", image::name_of(how.crop_mode)},
                             {"assumed", report.input.assumed}};
    json["outputs"] = Json::object();
    for (const auto& [name, tensor] : report.outputs)
        json["outputs"][name] = {{"dtype", name_of(tensor.dtype())}, {"shape", tensor.shape()}};
    json["left_out"] = Json::array();
    for (const Error& error : report.unreadable) json["left_out"].push_back(error.message);
    return json;
}

}  // namespace lathe::pipeline
