#include "formats/all.h"

#include "base/file.h"
#include "formats/bin/bin.h"
#include "formats/coreml/read.h"
#include "formats/executorch/read.h"
#include "formats/gguf/gguf.h"
#include "formats/katago/katago.h"
#include "formats/litert/read.h"
#include "formats/ncnn/read.h"
#include "formats/numpy/npy.h"
#include "formats/numpy/npz.h"
#include "formats/onnx/read.h"
#include "formats/openvino/read.h"
#include "formats/pytorch/pytorch.h"
#include "formats/safetensors/safetensors.h"
#include "formats/torch_export/read.h"
#include "formats/torchscript/read.h"

namespace lathe::formats {
namespace {

constexpr Format kFormats[] = {
    {"pytorch", "PyTorch checkpoint (.pt .pth .ckpt .bin)", match_pytorch, read_pytorch},
    {"safetensors", "safetensors, one file or sharded with an index", match_safetensors, read_safetensors},
    {"onnx", "ONNX model", onnx::match, onnx::read},
    {"torchscript", "TorchScript archive (torch.jit.save: .pt)", torchscript::match, torchscript::read,
     torchscript::read_with},
    {"torch.export", "program of torch.export, all three layouts (.pt2)", torch_export::match,
     torch_export::read},
    {"litert", "LiteRT model, formerly TensorFlow Lite (.tflite)", litert::match, litert::read},
    {"ncnn", "ncnn network (.param with a .bin beside it)", ncnn::match, ncnn::read, ncnn::read_with},
    {"openvino", "OpenVINO intermediate representation (.xml with its .bin)", openvino::match,
     openvino::read},
    {"coreml", "Core ML package with an ML program (.mlpackage)", coreml::match, coreml::read},
    {"executorch", "ExecuTorch program (.pte)", executorch::match, executorch::read},
    {"katago", "KataGo network file (.bin .bin.gz .txt .txt.gz)", match_katago, read_katago},
    {"gguf", "GGUF version 3, tensors of plain numbers", match_gguf, read_gguf},
    {"bin", "flat binary weights for the browser (docs/bin.md)", match_bin, read_bin},
    {"npz", "NumPy archive of arrays", match_npz, read_npz},
    {"npy", "NumPy array", match_npy, read_npy},
};

std::string names() {
    std::string text;
    for (const Format& format : kFormats) text += (text.empty() ? "" : ", ") + std::string(format.name);
    return text;
}

}  // namespace

std::span<const Format> all_formats() { return kFormats; }

Result<const Format*> recognise(ByteSpan file, const std::string& path) {
    std::vector<const Format*> possible;
    for (const Format& format : kFormats) {
        const Match match = format.match(file, path);
        if (match == Match::kCertain) return &format;
        if (match == Match::kPossible) possible.push_back(&format);
    }
    if (possible.size() == 1) return possible[0];
    if (possible.empty()) return fail("{}: not a file of a known format; readable are {}", path, names());
    std::string candidates;
    for (const Format* format : possible)
        candidates += (candidates.empty() ? "" : " or ") + std::string(format->name);
    return fail("{}: could be {}; give it the usual extension", path, candidates);
}

Result<graph::Checkpoint> open(const std::string& path, const OpenOptions& options) {
    // A package is a folder, known by the manifest in it.
    const std::string manifest = path + "/Manifest.json";
    TRY(const SharedBytes file, map_file(is_directory(path) && file_exists(manifest) ? manifest : path));
    if (file.size() == 0) return fail("{}: the file is empty", path);
    TRY(const Format* format, recognise(file.bytes(), path));
    return format->read_with != nullptr ? format->read_with(file, path, options) : format->read(file, path);
}

}  // namespace lathe::formats
