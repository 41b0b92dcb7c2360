#include "formats/litert/model_metadata.h"

#include "base/text.h"

namespace lathe::formats::litert {
namespace {

using wire::flat_number;
using wire::flat_object;
using wire::FlatBuilder;
using wire::FlatField;

constexpr std::string_view kMetadataIdentifier = "M001";
constexpr std::string_view kLeastParser = "1.0.0";  // that knows every field written here

// The fields by their places in the schema.
namespace file_slot {
constexpr int kName = 0, kDescription = 1, kType = 2;
constexpr int8_t kAxisLabels = 2;
}  // namespace file_slot
namespace image_slot {
constexpr int kColorSpace = 0, kDefaultSize = 1, kWidth = 0, kHeight = 1;
constexpr int8_t kRgb = 1, kGrayscale = 2;
}  // namespace image_slot
namespace content_slot {
constexpr int kType = 0, kProperties = 1;
constexpr uint8_t kImage = 2;
}  // namespace content_slot
namespace unit_slot {
constexpr int kType = 0, kOptions = 1, kMean = 0, kStd = 1;
constexpr uint8_t kNormalization = 1;
}  // namespace unit_slot
namespace tensor_metadata_slot {
constexpr int kName = 0, kContent = 3, kProcessUnits = 4, kAssociatedFiles = 6;
}
namespace subgraph_metadata_slot {
constexpr int kInputs = 2, kOutputs = 3;
}
namespace model_metadata_slot {
constexpr int kName = 0, kDescription = 1, kVersion = 2, kSubgraphs = 3, kAuthor = 4, kLicense = 5,
              kMinParserVersion = 7;
}

std::vector<double> note_numbers(const std::map<std::string, std::string>& notes, const std::string& key) {
    std::vector<double> numbers;
    const auto it = notes.find(key);
    if (it == notes.end()) return numbers;
    for (const std::string_view word : lathe::split(it->second, ' '))
        if (double number = 0; parse_double(word, number)) numbers.push_back(number);
    return numbers;
}

// Of values in 0 … 255.
std::vector<float> of_bytes(const std::vector<double>& numbers) {
    std::vector<float> scaled;
    for (const double number : numbers) scaled.push_back(static_cast<float>(number * 255));
    return scaled;
}

class Describer {
public:
    Describer(const Model& model, const std::map<std::string, std::string>& notes)
        : model_(model), notes_(notes) {}

    Result<std::string> run(bool labels) {
        bool image_seen = false;
        std::vector<size_t> inputs, outputs;
        for (const Port& port : model_.inputs) {
            const TensorInfo& info = model_.tensors[static_cast<size_t>(port.tensor)];
            const bool image = !image_seen && info.shape.size() == 4;
            image_seen |= image;
            inputs.push_back(tensor(port.name, image, false));
        }
        for (const Port& port : model_.outputs)
            outputs.push_back(tensor(port.name, false, labels && outputs.empty()));
        const size_t input_list = b_.objects(std::move(inputs)), output_list = b_.objects(std::move(outputs));
        const size_t subgraph = b_.table({flat_object(subgraph_metadata_slot::kInputs, input_list),
                                          flat_object(subgraph_metadata_slot::kOutputs, output_list)});
        const auto it = notes_.find("architecture");
        const size_t name = b_.text(it == notes_.end() ? model_.name : it->second);
        const size_t subgraphs = b_.objects({subgraph}), parser = b_.text(kLeastParser);
        TRY(const wire::Pieces pieces,
            b_.finish(b_.table({flat_object(model_metadata_slot::kName, name),
                                flat_object(model_metadata_slot::kSubgraphs, subgraphs),
                                flat_object(model_metadata_slot::kMinParserVersion, parser)}),
                      kMetadataIdentifier));
        TRY(const auto bytes, pieces.to_vector());
        return std::string(as_text(bytes));
    }

private:
    size_t tensor(const std::string& name, bool image, bool labels) {
        std::vector<FlatField> fields{flat_object(tensor_metadata_slot::kName, b_.text(name))};
        if (image) describe_image(fields);
        if (labels) {
            const size_t file_name = b_.text(kLabels), description = b_.text("Names of the classes.");
            const size_t file = b_.table({flat_object(file_slot::kName, file_name),
                                          flat_object(file_slot::kDescription, description),
                                          flat_number(file_slot::kType, file_slot::kAxisLabels)});
            fields.push_back(flat_object(tensor_metadata_slot::kAssociatedFiles, b_.objects({file})));
        }
        return b_.table(std::move(fields));
    }

    void describe_image(std::vector<FlatField>& fields) {
        const auto size = note_numbers(notes_, "image.size");
        if (size.size() != 3 || (size[0] != 1 && size[0] != 3)) return;
        const size_t pixels = b_.table({flat_number(image_slot::kWidth, static_cast<uint32_t>(size[2])),
                                        flat_number(image_slot::kHeight, static_cast<uint32_t>(size[1]))});
        const size_t properties = b_.table(
            {flat_number(image_slot::kColorSpace, size[0] == 3 ? image_slot::kRgb : image_slot::kGrayscale),
             flat_object(image_slot::kDefaultSize, pixels)});
        fields.push_back(flat_object(tensor_metadata_slot::kContent,
                                     b_.table({flat_number(content_slot::kType, content_slot::kImage),
                                               flat_object(content_slot::kProperties, properties)})));
        const auto mean = note_numbers(notes_, "image.mean"), deviation = note_numbers(notes_, "image.std");
        if (mean.empty() || deviation.empty()) return;
        const size_t mean_list = b_.numbers(of_bytes(mean)), std_list = b_.numbers(of_bytes(deviation));
        const size_t options =
            b_.table({flat_object(unit_slot::kMean, mean_list), flat_object(unit_slot::kStd, std_list)});
        const size_t unit = b_.table({flat_number(unit_slot::kType, unit_slot::kNormalization),
                                      flat_object(unit_slot::kOptions, options)});
        fields.push_back(flat_object(tensor_metadata_slot::kProcessUnits, b_.objects({unit})));
    }

    const Model& model_;
    const std::map<std::string, std::string>& notes_;
    FlatBuilder b_;
};

}  // namespace

Result<std::string> model_metadata(const Model& model, const std::map<std::string, std::string>& notes,
                                   bool labels) {
    return Describer(model, notes).run(labels);
}

Result<std::map<std::string, std::string>> read_model_metadata(ByteSpan bytes) {
    TRY(const auto root, wire::FlatTable::root(bytes, kMetadataIdentifier));
    constexpr std::pair<int, std::string_view> kTexts[] = {{model_metadata_slot::kName, "name"},
                                                           {model_metadata_slot::kDescription, "description"},
                                                           {model_metadata_slot::kVersion, "version"},
                                                           {model_metadata_slot::kAuthor, "author"},
                                                           {model_metadata_slot::kLicense, "license"}};
    std::map<std::string, std::string> texts;
    for (const auto& [slot, name] : kTexts) {
        TRY(const std::string_view text, root.text(slot));
        if (!text.empty()) texts[std::string(name)] = text;
    }
    return texts;
}

}  // namespace lathe::formats::litert
