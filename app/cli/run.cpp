#include "cli.h"
#include "pipeline/execute.h"
#include "pipeline/run_images.h"

namespace lathe::cli {
namespace {

struct RunFlags {
    std::string path, output;
    pipeline::RunOptions job;
    pipeline::RunImagesOptions images;
    bool json = false;
};

Result<int> run_on_tensors(const RunFlags& options) {
    TRY(const auto outputs, pipeline::run_model(options.path, options.job));
    if (!options.output.empty()) {
        TRY_STATUS(pipeline::write_tensors(options.output, outputs));
    }
    Json json = Json::object();
    for (const auto& [name, tensor] : outputs) {
        if (options.json) json[name] = {{"dtype", name_of(tensor.dtype())}, {"shape", tensor.shape()}};
        else print(format("{}: {}\n", name, describe(tensor)));
        if (options.json && options.output.empty()) json[name]["values"] = tensor.to_doubles();
    }
    if (options.json) print_json(json);
    else if (!options.output.empty()) print(format("wrote {}\n", options.output));
    return 0;
}

Result<int> run_on_pictures(const RunFlags& options) {
    pipeline::RunImagesOptions images = options.images;
    images.model = options.job.model;
    images.engine = options.job.engine;
    ThreadPool pool(0);
    TRY(const auto report, pipeline::run_images(options.path, images, pool, progress_bar()));
    if (!options.output.empty()) {
        TRY_STATUS(pipeline::write_tensors(options.output, report.outputs));
    }
    if (options.json) print_json(pipeline::to_json(report));
    else print(pipeline::to_text(report));
    if (!options.json && !options.output.empty()) print(format("wrote {}\n", options.output));
    return 0;
}

Result<int> run_verb(const RunFlags& options) {
    const bool pictures = !options.images.pictures.empty();
    if (pictures && !options.job.inputs.empty()) return fail("give --image or --input, not both");
    if (!pictures && options.job.inputs.empty())
        return fail("give what to run it on: --input x.npz, or --image cat.jpg for an image model");
    const zoo::ImageOptions& image = options.job.model.image;
    if (!pictures && !image.normalize && (image.mean || image.std))
        return fail("--mean and --std go with --image or --normalize");
    return pictures ? run_on_pictures(options) : run_on_tensors(options);
}

void add_picture_options(CLI::App& verb, pipeline::RunImagesOptions& images) {
    CLI::Option* image =
        verb.add_option("--image", images.pictures,
                        "pictures, or folders of them: JPEG, PNG, WebP, BMP, TIFF; prepared as timm does");
    const auto with_image = [&](CLI::Option* option) { option->needs(image); };
    with_image(verb.add_option("--labels", images.labels,
                               "names of the classes: imagenet, or a file (a line each, or JSON)"));
    with_image(
        verb.add_option("--top", images.top, "how many classes to show")->check(CLI::Range(1, 1000000)));
    with_image(verb.add_option("--batch", images.batch, "pictures at a time")->check(CLI::Range(1, 65536)));
    pipeline::ImageChoices& choices = images.choices;
    with_image(verb.add_option("--interpolation", choices.interpolation,
                               "how pictures are resized, instead of the model's way")
                   ->check(CLI::IsMember({"nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"})));
    with_image(
        verb.add_option("--crop-pct", choices.crop_pct, "the share of the resized picture that is kept"));
    with_image(verb.add_option("--crop-mode", choices.crop_mode, "what is kept of it")
                   ->check(CLI::IsMember({"center", "squash", "border"})));
}

}  // namespace

void add_run(Program& program) {
    auto o = std::make_shared<RunFlags>();
    CLI::App* verb =
        add_verb(program.app, program, "run", "Run a model on tensors from files, or on pictures",
                 "lathe run kata.onnx --input x.npz -o y.npz\n"
                 "  lathe run resnet50.pth --image cat.jpg --labels imagenet",
                 [o] { return run_verb(*o); });
    verb->add_option("model", o->path, "a checkpoint or model")->required();
    verb->add_option("--input", o->job.inputs,
                     ".npz with arrays named as the inputs; one input may be a .npy");
    verb->add_option("-o,--output", o->output,
                     "where to write the outputs: .npz, .safetensors, or .npy for one");
    add_engine_options(*verb, o->job.engine);
    add_model_options(*verb, o->job.model);
    // Here they also say how pictures are prepared.
    for (const auto& [name, what] : {std::pair{"--mean", "mean"}, std::pair{"--std", "standard deviation"}}) {
        CLI::Option* option = verb->get_option(name);
        option->remove_needs(verb->get_option("--normalize"));
        option->description(format("of pictures, or with --normalize: instead of the model's own {}", what));
    }
    add_picture_options(*verb, o->images);
    verb->add_flag("--json", o->json, "print JSON; with the values when there is no --output");
}

}  // namespace lathe::cli
