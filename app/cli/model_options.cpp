// The options that choose a model, shared by the verbs.
#include "cli.h"

namespace lathe::cli {
namespace {

// Said by --in-chans, by --input-size, or by both alike.
void set_channels(zoo::ImageOptions& image, int64_t count) {
    if (image.in_channels.value_or(count) != count)
        throw CLI::ValidationError("--in-chans and --input-size", "give different numbers of channels");
    image.in_channels = count;
}

void add_sizes(CLI::App& verb, zoo::ImageOptions& image) {
    verb.add_option_function<int64_t>(
            "--num-classes", [&image](int64_t count) { image.num_classes = count; },
            "image models: classes (0: no classifier); must be the checkpoint's")
        ->check(CLI::Range(0, 1000000));
    verb.add_option_function<int64_t>(
            "--in-chans", [&image](int64_t count) { set_channels(image, count); },
            "image models: input channels; the first convolution is folded")
        ->check(CLI::IsMember({1, 3}));
    verb.add_option_function<std::vector<int64_t>>(
            "--input-size",
            [&image](const std::vector<int64_t>& size) {
                set_channels(image, size[0]);
                image.input_size = {size[1], size[2]};
            },
            "image models: channels, height and width of the input")
        ->expected(3)
        ->check(CLI::Range(1, 16384));
}

void add_ends(CLI::App& verb, zoo::ImageOptions& image) {
    verb.add_flag("--features", image.features, "image models: stop before the head");
    verb.add_flag("--softmax", image.softmax, "image models: give probabilities");
    CLI::Option* normalize =
        verb.add_flag("--normalize", image.normalize,
                      "image models: take values in [0, 1]; mean and deviation go into the graph");
    const auto values = [&](const char* name, std::optional<std::vector<double>>& into, const char* help) {
        verb.add_option_function<std::vector<double>>(
                name, [&into](const std::vector<double>& list) { into = list; }, help)
            ->expected(1, 3)
            ->needs(normalize);
    };
    values("--mean", image.mean, "with --normalize: instead of the model's own mean");
    values("--std", image.std, "with --normalize: instead of the model's own standard deviation");
}

}  // namespace

void add_model_options(CLI::App& verb, pipeline::ModelOptions& model) {
    verb.add_option("--arch", model.arch,
                    "the model's name, where the tensors do not tell (`lathe list` shows the names)");
    verb.add_flag("--random-weights", model.random_weights,
                  "give a model that is named, not a file, weights by rule");
    verb.add_option("--weights", model.weights,
                    "which weights of a checkpoint: model (raw) or swa (averaged)")
        ->check(CLI::IsMember({"model", "raw", "swa"}));
    verb.add_option("--heads", model.heads, "keep only these outputs, separated by commas")->delimiter(',');
    verb.add_option(
            "--input-shape", model.input_shapes,
            "TorchScript, which does not say it: x=1,3,224,224 or tokens=i64[batch,128] (a name leaves a "
            "size open)")
        ->expected(1)
        ->take_all();
    add_sizes(verb, model.image);
    add_ends(verb, model.image);
}

void add_engine_options(CLI::App& verb, pipeline::EngineOptions& engine) {
    verb.add_option("--threads", engine.threads, "threads (default: one per processor)")
        ->check(CLI::Range(1, 1024));
    verb.add_option(
            "--precision", engine.precision,
            "of the arithmetic: f32, bf16, or int8, quantised as it runs (verify shows what that costs)")
        ->capture_default_str();
    verb.add_option("--engine", engine.engine, "what runs it")
        ->check(CLI::IsMember(pipeline::engine_names()))
        ->capture_default_str();
    verb.add_option("--isa", engine.isa, "the kernels' instruction set (default: the best here)")
        ->check(CLI::IsMember(pipeline::isa_names()));
}

}  // namespace lathe::cli
