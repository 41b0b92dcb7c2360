#include "formats/coreml/package.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"
#include "base/json.h"
#include "base/output_folder.h"
#include "formats/coreml/blob_file.h"
#include "formats/coreml/messages.h"

namespace lathe::formats::coreml {
namespace {

constexpr std::string_view kOwner = "com.apple.CoreML", kModelName = "model.mlmodel";

// 8-4-4-4-12 hexadecimal digits, with the version and variant of identifiers that are made up by their writer
// (RFC 9562, UUIDv8).
std::string identifier_of(const ContentHash& hash) {
    std::string digits = hash.text();
    std::ranges::transform(digits, digits.begin(), [](unsigned char c) { return std::toupper(c); });
    digits[12] = '8';
    digits[16] = "89AB"[static_cast<unsigned char>(digits[16]) % 4];
    std::string text;
    for (size_t i = 0; i < digits.size(); ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
        text += digits[i];
    }
    return text;
}

Json item(std::string_view description, std::string_view name) {
    return {{"author", kOwner},
            {"description", description},
            {"name", name},
            {"path", format("{}/{}", kOwner, name)}};
}

std::string manifest_text(const std::string& model, const std::string& weights) {
    Json items = Json::object();
    Json entries = {{model, item("CoreML Model Specification", kModelName)}};
    if (!weights.empty()) entries[weights] = item("CoreML Model Weights", "weights");
    // By identifier, as maps are written.
    std::set<std::string> order{model, weights};
    order.erase("");
    for (const std::string& one : order) items[one] = entries[one];
    const Json manifest{{"fileFormatVersion", "1.0.0"},
                        {"itemInfoEntries", std::move(items)},
                        {"rootModelIdentifier", model}};
    return to_text(manifest, 4) + "\n";
}

bool leads_out(std::string_view path) {
    return path.empty() || path.starts_with('/') || path.find("..") != path.npos ||
           path.find('\\') != path.npos || path.find('\0') != path.npos;
}

}  // namespace

void drop_unused(Program& program) {
    std::set<std::string, std::less<>> needed(program.outputs.begin(), program.outputs.end());
    std::vector<Operation> kept;
    for (size_t i = program.operations.size(); i-- > 0;) {
        Operation& operation = program.operations[i];
        const bool used = std::ranges::any_of(
            operation.outputs, [&](const NamedType& output) { return needed.contains(output.name); });
        if (!used) continue;
        for (const Parameter& parameter : operation.inputs)
            for (const Binding& binding : parameter.bindings)
                if (!binding.value) needed.insert(binding.name);
        kept.push_back(std::move(operation));
    }
    std::ranges::reverse(kept);
    program.operations = std::move(kept);
}

Status write_package(Model& model, const std::string& path, Written& written) {
    TRY(OutputFolder folder, OutputFolder::create(path));
    const BlobLayout layout = lay_out_blobs(model.program);
    TRY(const wire::ProtoWriter message, to_message(model));
    const std::string root = format("Data/{}", kOwner);

    ContentHash model_hash, weight_hash;
    if (layout.size_bytes > 0) {
        TRY(OutputFile weights, folder.file(root + "/weights/weight.bin"));
        weight_hash.add("weights");
        TRY_STATUS(write_blobs(layout, weights, weight_hash));
        written.weight_bytes = weights.offset();
        folder.put(std::move(weights));
    }
    TRY(OutputFile specification, folder.file(format("{}/{}", root, kModelName)));
    model_hash.add("model");
    model_hash.add(weight_hash.text());
    TRY_STATUS(message.pieces().for_each([&](ByteSpan bytes) -> Status {
        model_hash.add(bytes);
        return specification.write(bytes);
    }));
    written.model_bytes = specification.offset();
    folder.put(std::move(specification));
    TRY(OutputFile manifest, folder.file(std::string(kManifest)));
    TRY_STATUS(manifest.write(
        manifest_text(identifier_of(model_hash), layout.size_bytes > 0 ? identifier_of(weight_hash) : "")));
    folder.put(std::move(manifest));
    return folder.commit();
}

Result<std::string> model_in(std::string_view manifest) {
    TRY(const Json json, parse_json(manifest));
    TRY(const std::string root, string_member(json, "rootModelIdentifier"));
    const Json* items = find_member(json, "itemInfoEntries");
    if (root.empty() || items == nullptr || !items->is_object())
        return fail("the manifest does not say where the model is");
    const Json* entry = find_member(*items, root);
    if (entry == nullptr) return fail("the manifest has no entry '{}' for its model", root.substr(0, 80));
    const Json* place = find_member(*entry, "path");
    const std::string path =
        place != nullptr && place->is_string() ? place->get<std::string>() : std::string();
    if (leads_out(path)) return fail("the manifest's path of the model is none within the package");
    return "Data/" + path;
}

}  // namespace lathe::formats::coreml
