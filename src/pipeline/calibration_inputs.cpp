#include "pipeline/calibration_inputs.h"

#include <algorithm>
#include <cstring>

#include "base/content_hash.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/text.h"
#include "pipeline/go_inputs.h"

namespace lathe::pipeline {
namespace {

using check::NamedTensors;
using graph::Graph;

constexpr std::string_view kRandom = "random";
constexpr int kDeepest = 16;  // folders in folders

enum class Kind { kRandom, kPictures, kGames, kTensors };

std::string_view name_of(Kind kind) {
    constexpr std::string_view kNames[] = {"random inputs", "pictures", "games", "tensors"};
    return kNames[static_cast<size_t>(kind)];
}

struct Found {
    Kind kind = Kind::kTensors;
    std::vector<std::string> files;
};

bool is_tensor_file(std::string_view path) {
    return path.ends_with(".npy") || path.ends_with(".npz") || path.ends_with(".pt") ||
           path.ends_with(".pth") || path.ends_with(".safetensors");
}

Status find_games(const std::string& folder, int depth, std::vector<std::string>& games) {
    TRY(const auto entries, list_folder(folder));
    for (const FolderEntry& entry : entries) {
        const std::string path = folder + (folder.ends_with('/') ? "" : "/") + entry.name;
        if (entry.is_folder && depth > 0) TRY_STATUS(find_games(path, depth - 1, games));
        if (!entry.is_folder && entry.name.ends_with(".sgf")) games.push_back(path);
    }
    return {};
}

Result<Found> files_of(const std::string& path) {
    if (path == kRandom) return Found{.kind = Kind::kRandom};
    if (!file_exists(path)) return fail("{}: there is no such file or folder to calibrate with", path);
    if (is_directory(path)) {
        Found games{.kind = Kind::kGames};
        TRY_STATUS(find_games(path, kDeepest, games.files));
        if (!games.files.empty()) return games;
        auto pictures = image::find_pictures(path);
        if (!pictures)
            return fail("{}: holds neither pictures nor .sgf games to calibrate with ({})", path,
                        pictures.error().message);
        return Found{Kind::kPictures, *std::move(pictures)};
    }
    if (path.ends_with(".sgf")) return Found{Kind::kGames, {path}};
    if (image::has_picture_ending(path)) return Found{Kind::kPictures, {path}};
    if (is_tensor_file(path)) return Found{Kind::kTensors, {path}};
    return fail(
        "{}: calibration takes folders, pictures, .sgf games, and tensors as .npy, .npz, .pt or .safetensors",
        path);
}

Result<Found> find_files(const CalibrationData& data) {
    if (data.paths.empty())
        return fail(
            "calibration needs inputs like those in use: --calibration-data FOLDER (pictures, or .sgf games), a tensor file, or the word random for a trial");
    if (data.samples < 1) return fail("calibration needs at least one sample, not {}", data.samples);
    Found all;
    for (size_t i = 0; i < data.paths.size(); ++i) {
        TRY(Found found, files_of(data.paths[i]));
        if (i > 0 && found.kind != all.kind)
            return fail("{}: gives {}, the path before gives {}; calibrate with one kind", data.paths[i],
                        name_of(found.kind), name_of(all.kind));
        all.kind = found.kind;
        for (std::string& file : found.files) all.files.push_back(std::move(file));
    }
    return all;
}

// `count` indices below `all`, evenly.
std::vector<size_t> evenly(size_t all, size_t count) {
    std::vector<size_t> chosen;
    count = std::min(all, count);
    for (size_t i = 0; i < count; ++i) chosen.push_back(i * all / count);
    return chosen;
}

// Rows of a contiguous tensor.
Tensor rows_of(const Tensor& tensor, std::span<const size_t> rows) {
    Shape shape = tensor.shape();
    shape[0] = static_cast<int64_t>(rows.size());
    TensorBuilder builder(tensor.dtype(), shape);
    const size_t row_bytes = tensor.bytes().size() / static_cast<size_t>(tensor.dim(0));
    for (size_t i = 0; i < rows.size(); ++i)
        std::memcpy(builder.bytes().data() + i * row_bytes, tensor.bytes().data() + rows[i] * row_bytes,
                    row_bytes);
    return builder.finish();
}

std::string what_it_takes(const Graph& graph) {
    std::vector<std::string> inputs;
    for (const graph::ValueId id : graph.inputs)
        inputs.push_back(format("'{}' {}{}", graph[id].name, lathe::name_of(graph[id].dtype),
                                graph::to_string(graph[id].shape)));
    return join(inputs, ", ");
}

// A set as a file has it, its tensors in the graph's order and with an axis of samples. -> how many there are
Result<int64_t> settle_samples(const Graph& graph, const std::string& path, NamedTensors& set) {
    TRY(const auto ordered, with_place(check::inputs_in_order(graph, set), path));
    set.clear();
    int64_t samples = -1;
    graph::Bindings bindings;
    for (size_t i = 0; i < ordered.size(); ++i) {
        const graph::Value& input = graph[graph.inputs[i]];
        Tensor tensor = ordered[i].to_contiguous();
        Shape shape = tensor.shape();
        if (shape.size() + 1 == input.shape.size()) {
            shape.insert(shape.begin(), 1);
            tensor = tensor.reshaped(shape);
        }
        if (shape.size() != input.shape.size() || shape.empty() || tensor.dtype() != input.dtype)
            return fail("{}: holds {} for an input; the model takes {}", path, describe(tensor),
                        what_it_takes(graph));
        // All but the number of samples must be as the graph says.
        const graph::Dims wanted(input.shape.begin() + 1, input.shape.end());
        if (const auto fits = graph::bind(wanted, Shape(shape.begin() + 1, shape.end()), bindings); !fits)
            return fail("{}: holds {}, which does not fit ({}); the model takes {}", path, describe(tensor),
                        fits.error().message, what_it_takes(graph));
        if (samples >= 0 && samples != shape[0])
            return fail("{}: its tensors have {} and {} samples", path, samples, shape[0]);
        samples = shape[0];
        set.emplace_back(input.name, std::move(tensor));
    }
    if (samples < 1) return fail("{}: holds no samples", path);
    return samples;
}

std::optional<int64_t> fixed_batch(const Graph& graph) {
    for (const graph::ValueId id : graph.inputs)
        if (!graph[id].shape.empty() && graph[id].shape[0].is_constant())
            return graph[id].shape[0].constant();
    return std::nullopt;
}

Status add_tensors(const Graph& graph, const CalibrationData& data, const Found& found, InputSets& inputs) {
    if (graph.inputs.empty()) return fail("the model takes no inputs to calibrate with");
    TRY(auto read, read_input_sets(graph, found.files));
    std::vector<NamedTensors> sets;
    for (const size_t i : evenly(read.size(), static_cast<size_t>(data.samples)))
        sets.push_back(std::move(read[i]));
    std::vector<int64_t> counts;
    int64_t all = 0;
    for (size_t i = 0; i < sets.size(); ++i) {
        TRY(const int64_t count, settle_samples(graph, join(data.paths, ", "), sets[i]));
        counts.push_back(count);
        all += count;
    }
    const auto batch = static_cast<size_t>(std::max<int64_t>(fixed_batch(graph).value_or(data.batch), 1));
    int64_t taken = 0;
    for (size_t i = 0; i < sets.size(); ++i) {
        const auto share = std::max<int64_t>(1, data.samples * counts[i] / all);
        const auto rows = evenly(static_cast<size_t>(counts[i]), static_cast<size_t>(share));
        for (size_t at = 0; at < rows.size(); at += batch) {
            const auto some = std::span(rows).subspan(at, std::min(batch, rows.size() - at));
            if (some.size() < batch && fixed_batch(graph)) break;
            NamedTensors set;
            for (const auto& [name, tensor] : sets[i]) set.emplace_back(name, rows_of(tensor, some));
            inputs.sets.push_back(std::move(set));
            taken += static_cast<int64_t>(some.size());
        }
    }
    if (inputs.sets.empty())
        return fail("{} samples are fewer than the batch of {} that the model fixes", all, batch);
    inputs.described = format("{} of {} samples in {}", taken, all, join(data.paths, ", "));
    return {};
}

Status add_games(const Graph& graph, const CalibrationData& data, const Found& found, InputSets& inputs) {
    if (!takes_go_planes(graph))
        return fail("{}: games are for networks that take KataGo's planes; this model takes {}",
                    found.files[0], what_it_takes(graph));
    const auto games = evenly(found.files.size(), static_cast<size_t>(data.samples));
    const auto wanted = static_cast<size_t>(data.samples);
    for (size_t g = 0; g < games.size(); ++g) {
        const std::string& path = found.files[games[g]];
        TRY(const int moves, moves_in(path));
        const size_t positions = (g + 1) * wanted / games.size() - g * wanted / games.size();
        for (const size_t move : evenly(static_cast<size_t>(moves) + 1, positions)) {
            TRY(inputs.sets.emplace_back(), go_inputs(graph, path, static_cast<int>(move)));
        }
    }
    inputs.described =
        format("{} positions of {} game{}", inputs.sets.size(), games.size(), games.size() == 1 ? "" : "s");
    return {};
}

Status add_pictures(const Graph& graph, const CalibrationData& data, const Found& found,
                    const ImageChoices& choices, InputSets& inputs) {
    TRY(inputs.image, image_input(graph, choices));
    for (const size_t i : evenly(found.files.size(), static_cast<size_t>(data.samples)))
        inputs.pictures.push_back(found.files[i]);
    inputs.batch = data.batch;
    inputs.described = format("{} of {} picture{} in {}", inputs.pictures.size(), found.files.size(),
                              found.files.size() == 1 ? "" : "s", join(data.paths, ", "));
    if (!inputs.image->assumed.empty())
        inputs.notes.push_back(
            format("the model does not say how pictures are prepared; taken as in timm: {}",
                   join(inputs.image->assumed, ", ")));
    return {};
}

Status add_random(const Graph& graph, const CalibrationData& data, const graph::Bindings& sizes,
                  InputSets& inputs) {
    graph::Bindings all = sizes;
    for (const std::string& symbol : graph::symbols_of(graph))
        if (symbol == "batch" || symbol == "n" || symbol == "N") all.try_emplace(symbol, data.batch);
    const int64_t batch = fixed_batch(graph).value_or(data.batch);
    const int sets = static_cast<int>(std::clamp<int64_t>((data.samples + batch - 1) / batch, 1, 1 << 20));
    TRY(inputs.sets, trial_inputs(graph, all, sets, inputs.described));
    inputs.notes.push_back(
        "warning: calibrated on random inputs, as asked for: ranges will not be those of real inputs; good to try, not to use");
    return {};
}

}  // namespace

size_t InputSets::count() const {
    const size_t size = image ? static_cast<size_t>(image->batch.value_or(batch)) : 1;
    return image ? (pictures.size() + size - 1) / size : sets.size();
}

Status InputSets::for_each(ThreadPool& threads, const std::function<Status(const NamedTensors&)>& use) const {
    for (const NamedTensors& set : sets) TRY_STATUS(use(set));
    if (!image) return {};
    return for_each_batch(*image, pictures, batch, threads, [&](const ImageBatch& made) -> Status {
        if (!made.unreadable.empty()) return std::unexpected(made.unreadable.front());
        return use(made.inputs);
    });
}

InputSets InputSets::beginning(int64_t samples) const {
    InputSets some = *this;
    if (image) {
        const int64_t size = image->batch.value_or(batch), whole = (samples + size - 1) / size * size;
        some.pictures.resize(std::min(pictures.size(), static_cast<size_t>(whole)));
        return some;
    }
    int64_t counted = 0;
    size_t taken = 0;
    for (; taken < sets.size() && counted < samples; ++taken)
        counted +=
            sets[taken].empty() || sets[taken][0].second.rank() == 0 ? 1 : sets[taken][0].second.dim(0);
    some.sets.resize(taken);
    return some;
}

Status check_calibration_data(const CalibrationData& data) {
    TRY(const Found found, find_files(data));
    if (found.kind == Kind::kRandom && data.paths.size() > 1)
        return fail("the word random stands alone: real inputs are never mixed with random ones");
    return {};
}

Result<InputSets> calibration_inputs(const Graph& graph, const CalibrationData& data,
                                     const ImageChoices& choices, const graph::Bindings& sizes) {
    TRY_STATUS(check_calibration_data(data));
    TRY(const Found found, find_files(data));
    InputSets inputs;
    switch (found.kind) {
        case Kind::kRandom: TRY_STATUS(add_random(graph, data, sizes, inputs)); break;
        case Kind::kPictures: TRY_STATUS(add_pictures(graph, data, found, choices, inputs)); break;
        case Kind::kGames: TRY_STATUS(add_games(graph, data, found, inputs)); break;
        case Kind::kTensors: TRY_STATUS(add_tensors(graph, data, found, inputs)); break;
    }
    return inputs;
}

Result<std::string> fingerprint(const InputSets& inputs) {
    ContentHash hash;
    for (const NamedTensors& set : inputs.sets)
        for (const auto& [name, tensor] : set) {
            hash.add(name);
            hash.add(describe(tensor));
            hash.add(tensor.to_contiguous().bytes());
        }
    if (inputs.image) {
        const image::Preprocessing& how = inputs.image->how;
        hash.add(format("{} {} {} {} {} {} {} {} {} {} {} {} {} {}", how.channels, how.height, how.width,
                        how.mean[0], how.mean[1], how.mean[2], how.std[0], how.std[1], how.std[2],
                        image::name_of(how.interpolation), how.crop_pct, image::name_of(how.crop_mode),
                        how.normalize, inputs.image->channels_last));
    }
    for (const std::string& picture : inputs.pictures) {
        TRY(const SharedBytes file, map_file(picture));
        hash.add(file.bytes());
    }
    return hash.text();
}

}  // namespace lathe::pipeline
