#include "pipeline/model.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"
#include "formats/all.h"
#include "passes/passes.h"

namespace lathe::pipeline {
namespace {

constexpr size_t kLargestConfig = 1 << 20;

std::string first_names(const graph::Checkpoint& checkpoint) {
    std::string text;
    for (size_t i = 0; i < std::min<size_t>(checkpoint.tensors.size(), 3); ++i)
        text += format("{}'{}'", i == 0 ? "" : ", ", printable(checkpoint.tensors[i].name, 60));
    return text.empty() ? "none" : text + (checkpoint.tensors.size() > 3 ? ", …" : "");
}

// `path: message`, once: readers and builders put the path in front where they know it.
template <class T>
Result<T> with_path(Result<T> result, const std::string& path) {
    if (!result && result.error().message.starts_with(path)) return result;
    return with_place(std::move(result), path);
}

Result<formats::OpenOptions> open_options(const ModelOptions& options) {
    formats::OpenOptions result;
    for (const std::string& given : options.input_shapes) {
        const size_t equals = given.find('=');
        const std::string name = equals == std::string::npos ? "" : given.substr(0, equals);
        formats::InputType type;
        std::string_view sizes =
            trim(std::string_view(given).substr(equals == std::string::npos ? 0 : equals + 1));
        if (const size_t bracket = sizes.find('[');
            bracket != std::string_view::npos && sizes.ends_with(']')) {
            const std::string_view dtype = trim(sizes.substr(0, bracket));
            type.dtype = dtype_named(dtype);
            if (!dtype.empty() && !type.dtype)
                return fail("the input shape '{}': '{}' is no element type", printable(given),
                            printable(dtype));
            sizes = trim(sizes.substr(bracket + 1, sizes.size() - bracket - 2));
        }
        if (!sizes.empty())
            for (const std::string_view part : split(sizes, ',')) {
                TRY(type.shape.emplace_back(), with_place(graph::Dim::parse(trim(part)),
                                                          format("the input shape '{}'", printable(given))));
            }
        if (!result.inputs.emplace(name, std::move(type)).second)
            return fail("the shape of the input '{}' is given twice", printable(name));
    }
    return result;
}

// Files from the Hub have a config.json beside them that names the model and its set of weights.
std::string name_beside(const std::string& path) {
    const size_t slash = path.rfind('/');
    const auto file =
        map_file((slash == path.npos ? std::string() : path.substr(0, slash + 1)) + "config.json");
    if (!file || file->size() > kLargestConfig) return {};
    const auto json = parse_json(std::string_view(reinterpret_cast<const char*>(file->data()), file->size()));
    const Json* name = json ? find_member(*json, "architecture") : nullptr;
    if (name == nullptr || !name->is_string() || !zoo::is_model_name(name->get<std::string>())) return {};
    const Json* weights = find_member(*json, "pretrained_cfg");
    const Json* tag = weights == nullptr ? nullptr : find_member(*weights, "tag");
    const std::string tagged =
        name->get<std::string>() + "." + (tag != nullptr && tag->is_string() ? tag->get<std::string>() : "");
    return zoo::is_model_name(tagged) ? tagged : name->get<std::string>();
}

Result<graph::Graph> graph_of(const std::string& path, const graph::Checkpoint& checkpoint,
                              const ModelOptions& options, std::string& kind) {
    if (checkpoint.graph) {
        kind = format("{} model", checkpoint.format);
        if (options.heads.empty()) return *checkpoint.graph;
        return with_place(passes::keep_outputs(*checkpoint.graph, options.heads), path);
    }
    const bool katago = checkpoint.format == "katago";
    const std::string arch = !options.arch.empty() || katago ? options.arch : name_beside(path);
    const zoo::BuildOptions build{.outputs = options.heads,
                                  .weights = options.weights == "swa" ? "swa" : "",
                                  .model = arch,
                                  .image = options.image};
    const zoo::Architecture* architecture =
        arch.empty() ? zoo::detect_architecture(checkpoint) : zoo::find_architecture("timm");
    if (architecture == nullptr)
        return fail(
            "{}: the weights are of no architecture known here ({} tensors: {}); `lathe info --tensors` lists them, --arch NAME says what they are",
            path, checkpoint.tensors.size(), first_names(checkpoint));
    kind = architecture->description;
    return with_path(architecture->build(checkpoint, build), path);
}

void describe_kind(Model& model) {
    const auto name = model.graph.metadata.find("architecture");
    if (name != model.graph.metadata.end() && !model.kind.empty())
        model.kind += format(" ({})", name->second);
    if (const auto note = model.graph.metadata.find("note"); note != model.graph.metadata.end())
        model.notes.push_back(note->second);
    model.graph.metadata.erase("note");
}

// Whether options were given that change how the zoo builds a model.
bool shapes_image_models(const ModelOptions& options) {
    const zoo::ImageOptions& image = options.image;
    const bool prepares = image.in_channels || image.input_size || image.mean || image.std;
    return image.num_classes || image.features || image.softmax || image.normalize || !options.arch.empty() ||
           (prepares && !options.for_pictures);
}

// A model of the zoo that is given by its name.
Result<Model> open_named(const std::string& name, const ModelOptions& options) {
    if (!options.random_weights && !options.hollow)
        return fail(
            "'{}' is the name of a model, not a file: give a checkpoint (--arch {} if its tensors do not tell), or --random-weights to try it without one",
            name, name);
    Model model{.kind = "image model of timm"};
    model.checkpoint.format = "name";
    model.checkpoint.path = name;
    const zoo::BuildOptions build{.model = name, .image = options.image};
    TRY(model.graph,
        zoo::build_named(build, options.random_weights ? zoo::NoWeights::kByRule : zoo::NoWeights::kHollow));
    describe_kind(model);
    return model;
}

}  // namespace

Result<Model> open_model(const std::string& path, const ModelOptions& options) {
    if (!file_exists(path)) {
        const bool is_path = path.find('/') != path.npos || path.find_first_of(".") != path.npos;
        if (zoo::is_model_name(path)) return open_named(path, options);
        if (!is_path) {
            const zoo::BuildOptions named{.model = path};
            if (auto unknown = zoo::build_named(named, zoo::NoWeights::kHollow); !unknown)
                return fail("there is no file '{}', and {}", path, unknown.error().message);
        }
    }
    if (options.random_weights)
        return fail("{} is a file with weights of its own; --random-weights goes with a model's name", path);
    TRY(const formats::OpenOptions given, open_options(options));
    TRY(auto checkpoint, formats::open(path, given));
    return model_of(std::move(checkpoint), options);
}

Result<Model> model_of(graph::Checkpoint checkpoint, const ModelOptions& options) {
    const std::string path = checkpoint.path;
    Model model{.checkpoint = std::move(checkpoint)};
    if (model.checkpoint.graph && shapes_image_models(options))
        return fail(
            "{}: holds its own graph, so options of image models (--arch, --normalize, --softmax, …) do not apply",
            path);
    TRY(model.graph, graph_of(path, model.checkpoint, options, model.kind));
    describe_kind(model);
    return model;
}

}  // namespace lathe::pipeline
