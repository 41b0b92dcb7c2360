// From layers to the text of the .xml and the bytes of the .bin.
#include "base/text.h"
#include "formats/openvino/write.h"
#include "wire/xml.h"

namespace lathe::formats::openvino {
namespace {

constexpr uint64_t kAlignment = 64;
using wire::xml_escaped;

std::string shape_text(const graph::Dims& shape) {
    std::vector<std::string> sizes;
    for (const graph::Dim& dim : shape)
        sizes.push_back(dim.constant() ? std::to_string(*dim.constant()) : "?");
    return join(sizes, ",");
}

// Names on a port are a list with commas; one inside a name has a backslash in front.
std::string names_text(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        if (!text.empty()) text += ',';
        for (const char c : name) text += c == ',' ? "\\," : std::string(1, c);
    }
    return text;
}

void add_port(std::string& xml, size_t id, const Output& port, bool is_output) {
    xml += format("\t\t\t\t<port id=\"{}\" precision=\"{}\"", id, precision_name(port.dtype));
    if (is_output && !port.names.empty()) xml += format(" names=\"{}\"", xml_escaped(names_text(port.names)));
    if (port.shape.empty()) {
        xml += " />\n";
        return;
    }
    xml += ">\n";
    for (const graph::Dim& dim : port.shape)
        xml += format("\t\t\t\t\t<dim>{}</dim>\n", dim.constant().value_or(-1));
    xml += "\t\t\t\t</port>\n";
}

class Serialiser {
public:
    explicit Serialiser(const Model& model) : model_(model) {}
    Files run(const std::string& producer);

private:
    void layer(size_t number);
    void data(const Layer& layer);
    void edges();
    void notes(const std::string& producer);

    const Model& model_;
    Files files_;
};

void Serialiser::data(const Layer& layer) {
    Data data = layer.data;
    if (layer.type == kParameter)
        data = {{"shape", shape_text(layer.outputs[0].shape)},
                {"element_type", std::string(element_name(layer.outputs[0].dtype))}};
    if (layer.value) {
        const DType dtype = layer.outputs[0].dtype;
        const uint64_t size = static_cast<uint64_t>(bytes_of(dtype, layer.value->count()));
        const uint64_t offset = (files_.weights.size_bytes() + kAlignment - 1) / kAlignment * kAlignment;
        files_.weights.zeros(offset - files_.weights.size_bytes());
        const Tensor& tensor = *layer.value;
        if (tensor.dtype() == dtype && tensor.contiguous())
            files_.weights.borrow(tensor.storage().slice(0, static_cast<size_t>(size)));
        else
            files_.weights.make_later(size, [tensor, dtype]() -> Result<SharedBytes> {
                return tensor.to_contiguous().to(dtype).to_contiguous().storage();
            });
        data = {{"element_type", std::string(element_name(dtype))},
                {"shape", shape_text(layer.outputs[0].shape)},
                {"offset", std::to_string(offset)},
                {"size", std::to_string(size)}};
    }
    if (data.empty()) return;
    files_.xml += "\t\t\t<data";
    for (const auto& [key, value] : data) files_.xml += format(" {}=\"{}\"", key, xml_escaped(value));
    files_.xml += " />\n";
}

void Serialiser::layer(size_t number) {
    const Layer& layer = model_.layers[number];
    std::string& xml = files_.xml;
    xml += format("\t\t<layer id=\"{}\" name=\"{}\" type=\"{}\" version=\"opset{}\">\n", number,
                  xml_escaped(layer.name), layer.type, layer.opset);
    data(layer);
    if (layer.decompression)
        xml +=
            "\t\t\t<rt_info>\n\t\t\t\t<attribute name=\"decompression\" version=\"0\" />\n\t\t\t</rt_info>\n";
    size_t port = 0;
    if (!layer.inputs.empty()) {
        xml += "\t\t\t<input>\n";
        for (const Source& from : layer.inputs)
            add_port(xml, port++,
                     model_.layers[static_cast<size_t>(from.layer)].outputs[static_cast<size_t>(from.output)],
                     false);
        xml += "\t\t\t</input>\n";
    }
    if (!layer.outputs.empty()) {
        xml += "\t\t\t<output>\n";
        for (const Output& output : layer.outputs) add_port(xml, port++, output, true);
        xml += "\t\t\t</output>\n";
    }
    xml += "\t\t</layer>\n";
}

void Serialiser::edges() {
    files_.xml += "\t<edges>\n";
    for (size_t to = 0; to < model_.layers.size(); ++to)
        for (size_t port = 0; port < model_.layers[to].inputs.size(); ++port) {
            const Source& from = model_.layers[to].inputs[port];
            const size_t from_port = model_.layers[static_cast<size_t>(from.layer)].inputs.size() +
                                     static_cast<size_t>(from.output);
            files_.xml +=
                format("\t\t<edge from-layer=\"{}\" from-port=\"{}\" to-layer=\"{}\" to-port=\"{}\" />\n",
                       from.layer, from_port, to, port);
        }
    files_.xml += "\t</edges>\n";
}

void Serialiser::notes(const std::string& producer) {
    files_.xml += "\t<rt_info>\n\t\t<lathe>\n";
    files_.xml += format("\t\t\t<info name=\"producer\" value=\"{}\" />\n", xml_escaped(producer));
    for (const auto& [key, value] : model_.metadata)
        files_.xml +=
            format("\t\t\t<info name=\"{}\" value=\"{}\" />\n", xml_escaped(key), xml_escaped(value));
    files_.xml += "\t\t</lathe>\n";
    if (!model_.input_shapes.empty()) {
        files_.xml += "\t\t<lathe_inputs>\n";
        for (const auto& [name, shape] : model_.input_shapes)
            files_.xml +=
                format("\t\t\t<info name=\"{}\" value=\"{}\" />\n", xml_escaped(name), xml_escaped(shape));
        files_.xml += "\t\t</lathe_inputs>\n";
    }
    files_.xml += "\t</rt_info>\n";
}

Files Serialiser::run(const std::string& producer) {
    files_.xml = "<?xml version=\"1.0\"?>\n";
    files_.xml +=
        format("<net name=\"{}\" version=\"{}\">\n\t<layers>\n", xml_escaped(model_.name), kIrVersion);
    for (size_t i = 0; i < model_.layers.size(); ++i) layer(i);
    files_.xml += "\t</layers>\n";
    edges();
    notes(producer);
    files_.xml += "</net>\n";
    return std::move(files_);
}

}  // namespace

Files serialise(const Model& model, const std::string& producer) { return Serialiser(model).run(producer); }

}  // namespace lathe::formats::openvino
