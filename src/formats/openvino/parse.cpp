#include "formats/openvino/parse.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "wire/xml.h"

namespace lathe::formats::openvino {

using graph::Dim;
using graph::Dims;
using wire::XmlElement;

namespace {

constexpr int64_t kMostPorts = 4096;
constexpr size_t kMostAxes = 32;

Result<int64_t> whole(std::string_view text, std::string_view what) {
    int64_t value = 0;
    if (!parse_int(trim(text), value))
        return fail("{} is '{}', expected a whole number", what, printable(text));
    return value;
}

Result<int64_t> id_of(const XmlElement& element, std::string_view key) {
    const auto text = element.attribute(key);
    if (!text) return fail("<{}> has no {}", element.name(), key);
    TRY(const int64_t id, whole(*text, key));
    if (id < 0 || id > std::numeric_limits<int32_t>::max())
        return fail("{} is {}, expected a small number", key, id);
    return id;
}

// "names": separated by commas; a comma inside a name has a backslash in front.
std::vector<std::string> port_names(const std::string& text) {
    std::vector<std::string> names(1);
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ',') names.back() += text[++i];
        else if (text[i] == ',') names.emplace_back();
        else names.back() += text[i];
    }
    std::erase(names, "");
    return names;
}

Result<Output> read_port(const XmlElement& port) {
    Output output;
    if (const auto precision = port.attribute("precision")) {
        const auto dtype = element_named(*precision);
        if (!dtype) return fail("the precision '{}' is not supported", printable(*precision));
        output.dtype = *dtype;
    }
    if (const auto names = port.attribute("names")) output.names = port_names(*names);
    for (const XmlElement& child : port.children()) {
        if (child.name() != "dim") continue;
        TRY(const int64_t size, whole(child.text(), "a size"));
        if (size < -1 || output.shape.size() == kMostAxes) return fail("a port has sizes that are none");
        output.shape.push_back(size < 0 ? Dim::symbol("open") : Dim(size));
    }
    return output;
}

// Sizes as <data shape> has them: "1, 3, ?" or, of ranges, "1..8".
Result<Dims> read_shape(const std::string& text) {
    Dims dims;
    if (trim(text).empty()) return dims;
    for (const std::string_view part : split(text, ',')) {
        const std::string_view word = trim(part);
        const bool open = word == "?" || word == "-1" || word.find("..") != word.npos;
        if (dims.size() == kMostAxes) return fail("a shape has more than {} axes", kMostAxes);
        if (open) {
            dims.push_back(Dim::symbol("open"));
            continue;
        }
        TRY(const int64_t size, whole(word, "a size"));
        if (size < 0) return fail("a size is {}", size);
        dims.emplace_back(size);
    }
    return dims;
}

class FileReader {
public:
    FileReader(const wire::Xml& xml, const SharedBytes& weights) : net_(xml.root()), weights_(weights) {}
    Result<Model> run();

private:
    struct Ports {
        std::vector<int64_t> inputs, outputs;  // their ids
        std::vector<Source> from;  // for each input; layer -1: no edge yet
    };
    Status read_layer(const XmlElement& element);
    Status read_constant(Layer& layer);
    Status read_edges();
    Result<Model> sorted();
    void read_notes();

    XmlElement net_;
    const SharedBytes& weights_;
    Model model_;
    std::vector<Ports> ports_;
    std::map<int64_t, int> by_id_;
};

Status FileReader::read_constant(Layer& layer) {
    const std::string *type = layer.find("element_type"), *shape = layer.find("shape"),
                      *offset = layer.find("offset"), *size = layer.find("size");
    if (type == nullptr || shape == nullptr || offset == nullptr || size == nullptr)
        return fail("it lacks element_type, shape, offset or size");
    const auto dtype = element_named(*type);
    if (!dtype) return fail("the element type '{}' is not supported", printable(*type));
    TRY(const Dims dims, read_shape(*shape));
    const auto sizes = graph::constant_shape(dims);
    if (!sizes) return fail("a constant has an open size");
    const auto count = checked_element_count(*sizes);
    TRY(const int64_t at, whole(*offset, "offset"));
    TRY(const int64_t bytes, whole(*size, "size"));
    const auto held = static_cast<int64_t>(weights_.size());
    if (at < 0 || bytes < 0 || at > held || bytes > held - at)
        return fail("its bytes {} to {} are not in the weights, which have {}", at,
                    format("{} + {}", at, bytes), held);
    if (!count || *count > std::numeric_limits<int64_t>::max() / 128 || bytes_of(*dtype, *count) != bytes)
        return fail("its {} bytes are not those of {}[{}]", bytes, name_of(*dtype), printable(*shape));
    layer.value = Tensor(*dtype, *sizes, weights_.slice(static_cast<size_t>(at), static_cast<size_t>(bytes)));
    if (layer.outputs.size() != 1)
        return fail("a constant has {} outputs, expected one", layer.outputs.size());
    layer.outputs[0].dtype = *dtype;
    layer.outputs[0].shape = dims;
    return {};
}

Status FileReader::read_layer(const XmlElement& element) {
    TRY(const int64_t id, id_of(element, "id"));
    Layer layer{.name = element.attribute("name").value_or(format("layer {}", id)),
                .type = element.attribute("type").value_or("")};
    if (layer.type.empty()) return fail("layer '{}': it has no type", printable(layer.name));
    const auto place = format("layer '{}' ({})", printable(layer.name), printable(layer.type));
    const std::string version = element.attribute("version").value_or("");
    int64_t opset = 0;
    if (version.starts_with("opset") && parse_int(std::string_view(version).substr(5), opset) && opset < 1000)
        layer.opset = static_cast<int>(opset);
    else return fail("{}: its version is '{}', expected an operation set", place, printable(version));
    if (const auto data = element.child("data"))
        for (auto& [key, value] : data->attributes()) layer.data.emplace_back(key, std::move(value));
    Ports ports;
    for (const XmlElement& part : element.children()) {
        if (part.name() == "body" || part.name() == "then_body" || part.name() == "else_body")
            return fail("{}: networks inside of layers are not supported", place);
        if (part.name() != "input" && part.name() != "output") continue;
        for (const XmlElement& port : part.children()) {
            if (port.name() != "port") continue;
            TRY(const int64_t number, with_place(id_of(port, "id"), place));
            if (part.name() == "input") {
                ports.inputs.push_back(number);
                continue;
            }
            TRY(auto output, with_place(read_port(port), place));
            ports.outputs.push_back(number);
            layer.outputs.push_back(std::move(output));
        }
    }
    if (ports.inputs.size() + ports.outputs.size() > static_cast<size_t>(kMostPorts))
        return fail("{}: it has more than {} ports", place, kMostPorts);
    ports.from.resize(ports.inputs.size());
    if (layer.type == kConst) {
        if (const Status status = read_constant(layer); !status)
            return fail("{}: {}", place, status.error().message);
    }
    if (layer.type == kParameter) {
        const std::string* shape = layer.find("shape");
        if (layer.outputs.size() != 1)
            return fail("{}: it has {} outputs, expected one", place, layer.outputs.size());
        if (shape != nullptr) {
            TRY(layer.outputs[0].shape, with_place(read_shape(*shape), place));
        }
        if (const std::string* type = layer.find("element_type")) {
            const auto dtype = element_named(*type);
            if (!dtype) return fail("{}: the element type '{}' is not supported", place, printable(*type));
            layer.outputs[0].dtype = *dtype;
        }
    }
    if (!by_id_.try_emplace(id, static_cast<int>(model_.layers.size())).second)
        return fail("{}: its id {} is that of another layer", place, id);
    model_.layers.push_back(std::move(layer));
    ports_.push_back(std::move(ports));
    return {};
}

Status FileReader::read_edges() {
    const auto edges = net_.child("edges");
    if (!edges) return {};
    const auto place_in = [](const std::vector<int64_t>& ports, int64_t id) {
        return std::ranges::find(ports, id) - ports.begin();
    };
    for (const XmlElement& edge : edges->children()) {
        if (edge.name() != "edge") continue;
        TRY(const int64_t from, id_of(edge, "from-layer"));
        TRY(const int64_t from_port, id_of(edge, "from-port"));
        TRY(const int64_t to, id_of(edge, "to-layer"));
        TRY(const int64_t to_port, id_of(edge, "to-port"));
        const auto source = by_id_.find(from), target = by_id_.find(to);
        if (source == by_id_.end() || target == by_id_.end())
            return fail("an edge goes from layer {} to layer {}, and there is no such layer", from, to);
        Ports& out = ports_[static_cast<size_t>(source->second)];
        Ports& in = ports_[static_cast<size_t>(target->second)];
        const auto output = static_cast<size_t>(place_in(out.outputs, from_port));
        const auto input = static_cast<size_t>(place_in(in.inputs, to_port));
        if (output == out.outputs.size() || input == in.inputs.size())
            return fail(
                "an edge goes from port {} of layer {} to port {} of layer {}, and there is no such port",
                from_port, from, to_port, to);
        if (in.from[input].layer >= 0) return fail("two edges go to port {} of layer {}", to_port, to);
        in.from[input] = {source->second, static_cast<int>(output)};
    }
    for (size_t i = 0; i < ports_.size(); ++i)
        for (size_t k = 0; k < ports_[i].from.size(); ++k)
            if (ports_[i].from[k].layer < 0)
                return fail("layer '{}': no edge goes to its input {}", printable(model_.layers[i].name), k);
    return {};
}

// Parameters, then the others as their inputs allow and else as in the file, then results.
Result<Model> FileReader::sorted() {
    const size_t count = model_.layers.size();
    std::vector<std::vector<int>> readers(count);
    std::vector<size_t> missing(count);
    for (size_t i = 0; i < count; ++i) {
        missing[i] = ports_[i].from.size();
        for (const Source& from : ports_[i].from)
            readers[static_cast<size_t>(from.layer)].push_back(static_cast<int>(i));
    }
    const auto rank = [&](size_t i) {
        return model_.layers[i].type == kParameter ? 0 : model_.layers[i].type == kResult ? 2 : 1;
    };
    using Entry = std::pair<int, size_t>;
    std::vector<Entry> ready;  // a heap, smallest first
    const auto push = [&](size_t i) {
        ready.emplace_back(rank(i), i);
        std::ranges::push_heap(ready, std::greater<>());
    };
    for (size_t i = 0; i < count; ++i)
        if (missing[i] == 0) push(i);
    std::vector<int> place(count, -1);
    Model result{
        .name = model_.name, .layers = {}, .metadata = model_.metadata, .input_shapes = model_.input_shapes};
    while (!ready.empty()) {
        std::ranges::pop_heap(ready, std::greater<>());
        const size_t at = ready.back().second;
        ready.pop_back();
        place[at] = static_cast<int>(result.layers.size());
        Layer layer = std::move(model_.layers[at]);
        for (const Source& from : ports_[at].from)
            layer.inputs.push_back({place[static_cast<size_t>(from.layer)], from.output});
        result.layers.push_back(std::move(layer));
        for (const int reader : readers[at])
            if (--missing[static_cast<size_t>(reader)] == 0) push(static_cast<size_t>(reader));
    }
    if (result.layers.size() != count) return fail("its layers read each other in a circle");
    return result;
}

void FileReader::read_notes() {
    const auto info = net_.child("rt_info");
    if (!info) return;
    const auto collect = [&](std::string_view section, std::map<std::string, std::string>& into) {
        const auto notes = info->child(section);
        if (!notes) return;
        for (const XmlElement& note : notes->children()) {
            const auto name = note.attribute("name"), value = note.attribute("value");
            if (name && value) into[*name] = *value;
        }
    };
    collect("lathe", model_.metadata);
    collect("lathe_inputs", model_.input_shapes);
    model_.metadata.erase("producer");
}

Result<Model> FileReader::run() {
    if (net_.name() != "net") return fail("the root element is <{}>, expected <net>", printable(net_.name()));
    const std::string version = net_.attribute("version").value_or("");
    if (version != "10" && version != "11")
        return fail("the version is '{}', expected 10 or 11", printable(version));
    model_.name = net_.attribute("name").value_or("");
    const auto layers = net_.child("layers");
    if (!layers) return fail("it has no <layers>");
    for (const XmlElement& layer : layers->children())
        if (layer.name() == "layer") TRY_STATUS(read_layer(layer));
    TRY_STATUS(read_edges());
    read_notes();
    return sorted();
}

}  // namespace

Result<std::vector<int64_t>> parse_ints(std::string_view text) {
    std::vector<int64_t> values;
    if (trim(text).empty()) return values;
    for (const std::string_view part : split(text, ',')) {
        TRY(const int64_t value, whole(part, "a number of a list"));
        values.push_back(value);
    }
    return values;
}

Result<Model> parse(std::string_view text, const SharedBytes& weights) {
    TRY(const wire::Xml xml, wire::Xml::parse(text));
    return FileReader(xml, weights).run();
}

}  // namespace lathe::formats::openvino
