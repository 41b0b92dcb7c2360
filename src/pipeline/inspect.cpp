#include "pipeline/inspect.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/folder.h"
#include "base/text.h"
#include "formats/all.h"

namespace lathe::pipeline {
namespace {

using graph::Graph;
using graph::kNoValue;
using graph::ValueId;

std::vector<PortInfo> ports(const Graph& graph, const std::vector<ValueId>& ids) {
    std::vector<PortInfo> result;
    for (const ValueId id : ids)
        result.push_back(
            {graph[id].name, format("{}{}", name_of(graph[id].dtype), graph::to_string(graph[id].shape))});
    return result;
}

void describe_graph(const Graph& graph, Inspection& result) {
    result.inputs = ports(graph, graph.inputs);
    result.outputs = ports(graph, graph.outputs);
    for (const graph::Node& node : graph.nodes) ++result.operators[std::string(node.op->name)];
    const auto sizes = graph::usual_sizes(graph);
    auto cost = graph::cost_of(graph, sizes);
    if (!cost) {
        result.notes.push_back("operations are not counted: " + cost.error().message);
        return;
    }
    result.cost = std::move(*cost);
    for (const auto& [name, size] : sizes)
        result.cost_at += format("{}{} = {}", result.cost_at.empty() ? "" : ", ", name, size);
}

// The tensors of a graph without a checkpoint.
void list_constants(const Graph& graph, Inspection& result) {
    for (const graph::Value& value : graph.values)
        if (value.constant)
            result.tensors.push_back({value.name, std::string(name_of(value.dtype)), value.constant->shape(),
                                      value.constant->size_bytes()});
    result.tensor_bytes = graph::constant_bytes(graph);
}

// What image models keep of the way in which their images are prepared.
void describe_images(const Graph& graph, Inspection& result) {
    for (const auto& [key, value] : graph.metadata)
        if (key.starts_with("image.")) result.images[key.substr(6)] = value;
}

// The zoo says how many weights are parameters; running statistics are none.
int64_t parameters_of(const Graph& graph) {
    int64_t count = 0;
    const auto said = graph.metadata.find("parameters");
    if (said != graph.metadata.end() && parse_int(said->second, count)) return count;
    return graph::parameter_count(graph);
}

std::string short_metadata(const Json& metadata, const std::string& indent) {
    std::string text;
    for (auto it = metadata.begin(); it != metadata.end(); ++it) {
        if (it.value().is_structured() && it.value().empty()) continue;
        std::string value = lathe::to_text(it.value());
        if (it.value().is_structured() && value.size() > 70)
            value = it.value().is_object() ? format("{{{} members}}", it.value().size())
                                           : format("[{} entries]", it.value().size());
        if (metadata.is_object())
            text += format("{}{}: {}\n", indent, it.key(),
                           value.size() > 90 ? value.substr(0, 87) + "..." : value);
    }
    return text;
}

std::string human_count(double count) {
    constexpr const char* kUnits[] = {"", "k", "M", "G", "T"};
    size_t unit = 0;
    for (; count >= 1e3 && unit + 1 < std::size(kUnits); ++unit) count /= 1e3;
    return format("{:.3g} {}", count, kUnits[unit]);
}

// " (97%)" of the operations, where that is 1% at least.
std::string share_of(const Inspection& r, const std::string& op) {
    if (!r.cost || r.cost->total.flops == 0) return "";
    const auto it = r.cost->by_operator.find(op);
    const double share = it == r.cost->by_operator.end() ? 0 : it->second.flops / r.cost->total.flops;
    return share < 0.01 ? "" : format(" ({:.0f}%)", 100 * share);
}

Json to_json(const graph::CostSum& sum) {
    return {{"nodes", sum.nodes},
            {"flops", sum.flops},
            {"macs", sum.macs},
            {"bytes", sum.bytes},
            {"elements", sum.elements}};
}
// null: not known.
Json to_json(const std::optional<graph::GraphCost>& cost, const std::string& at) {
    if (!cost) return nullptr;
    Json json = to_json(cost->total);
    json["at"] = at;
    json["peak_activation_bytes"] = cost->peak_bytes;
    json["peak_node"] = cost->peak_node;
    for (const auto& [op, sum] : cost->by_operator) json["by_operator"][op] = to_json(sum);
    return json;
}

}  // namespace

namespace {

// Of a file, or of all files in a folder.
Result<uint64_t> stored_bytes(const std::string& path, int depth = 0) {
    constexpr int kMostFolders = 8;
    if (!is_directory(path)) {
        TRY(const SharedBytes file, map_file(path));
        return file.size();
    }
    uint64_t total = 0;
    TRY(const auto entries, list_folder(path));
    for (const FolderEntry& entry : entries) {
        if (depth == kMostFolders) return fail("{}: has folders {} deep", path, depth);
        TRY(const uint64_t bytes, stored_bytes(path + "/" + entry.name, depth + 1));
        total += bytes;
    }
    return total;
}

}  // namespace

Result<Inspection> inspect(const std::string& path, const ModelOptions& options) {
    Inspection result{.path = path};
    if (file_exists(path)) {
        TRY(result.file_bytes, stored_bytes(path));
    }
    ModelOptions shapes_only = options;
    shapes_only.hollow = !options.random_weights;
    auto model = open_model(path, shapes_only);
    graph::Checkpoint checkpoint;
    if (model) {
        checkpoint = model->checkpoint;
        result.kind = model->kind;
        result.notes = model->notes;
        describe_graph(model->graph, result);
        describe_images(model->graph, result);
    } else if (result.file_bytes == 0 && !file_exists(path)) {
        return std::unexpected(model.error());
    } else {
        auto without_graph = formats::open(path);
        if (!without_graph) return std::unexpected(model.error());
        checkpoint = *std::move(without_graph);
        result.notes.push_back(model.error().message);
    }
    result.format = checkpoint.format;
    result.metadata = checkpoint.metadata;
    for (const auto& [name, tensor] : checkpoint.tensors) {
        result.tensors.push_back(
            {name, std::string(name_of(tensor.dtype())), tensor.shape(), tensor.size_bytes()});
        result.tensor_bytes += tensor.size_bytes();
        if (is_float(tensor.dtype())) result.parameters += tensor.count();
    }
    // A checkpoint also holds averaged weights and the optimizer's; the network's own are those of its graph.
    if (model) result.parameters = parameters_of(model->graph);
    if (checkpoint.tensors.empty() && model) list_constants(model->graph, result);
    return result;
}

std::string to_text(const Inspection& r, bool all_tensors) {
    std::string text =
        format("{}\n  format      {}{}\n", r.path, r.format, r.kind.empty() ? "" : ": " + r.kind);
    if (r.file_bytes > 0) text += format("  size        {}\n", human_bytes(r.file_bytes));
    text +=
        format("  parameters  {}\n  tensors     {} ({})\n", with_commas(static_cast<uint64_t>(r.parameters)),
               r.tensors.size(), human_bytes(static_cast<uint64_t>(r.tensor_bytes)));
    if (r.cost) {
        const graph::CostSum& total = r.cost->total;
        text += format("  operations  {}FLOP, {}MAC at {}\n", human_count(total.flops),
                       human_count(total.macs), r.cost_at.empty() ? "its fixed sizes" : r.cost_at);
        text += format("  activations {}values, {} in memory at once\n", human_count(total.elements),
                       human_bytes(static_cast<uint64_t>(r.cost->peak_bytes)));
    }
    for (const PortInfo& port : r.inputs) text += format("  input       {}: {}\n", port.name, port.type);
    for (const PortInfo& port : r.outputs) text += format("  output      {}: {}\n", port.name, port.type);
    if (!r.operators.empty()) {
        std::vector<std::pair<std::string, int64_t>> sorted(r.operators.begin(), r.operators.end());
        std::ranges::stable_sort(sorted, std::greater<>(), &std::pair<std::string, int64_t>::second);
        std::string list;
        for (const auto& [name, count] : sorted)
            list += format("{}{} {}{}", list.empty() ? "" : ", ", count, name, share_of(r, name));
        text += format("  operators   {}\n", list);
    }
    for (const auto& [key, value] : r.images)
        text += format("  {:<11} {}\n", key == "size" ? "image" : key, value);
    for (const std::string& note : r.notes) text += format("  note        {}\n", note);
    if (r.metadata && !r.metadata->empty()) text += "  metadata\n" + short_metadata(*r.metadata, "    ");
    const size_t shown =
        all_tensors ? r.tensors.size() : std::min<size_t>(r.tensors.size(), r.inputs.empty() ? 20 : 0);
    for (size_t i = 0; i < shown; ++i)
        text += format("  tensor      {}: {}{}\n", r.tensors[i].name, r.tensors[i].dtype,
                       to_string(r.tensors[i].shape));
    if (shown < r.tensors.size() && shown > 0)
        text += format("  … {} more tensors (--tensors lists all)\n", r.tensors.size() - shown);
    return text;
}

Json to_json(const Inspection& r) {
    const auto ports_json = [](const std::vector<PortInfo>& list) {
        Json json = Json::array();
        for (const PortInfo& port : list) json.push_back({{"name", port.name}, {"type", port.type}});
        return json;
    };
    Json tensors = Json::array();
    for (const TensorInfo& t : r.tensors)
        tensors.push_back(
            {{"name", t.name}, {"dtype", t.dtype}, {"shape", t.shape}, {"bytes", t.size_bytes}});
    Json json{{"path", r.path},
              {"format", r.format},
              {"kind", r.kind},
              {"file_bytes", r.file_bytes},
              {"parameters", r.parameters},
              {"tensor_bytes", r.tensor_bytes},
              {"cost", to_json(r.cost, r.cost_at)},
              {"inputs", ports_json(r.inputs)},
              {"outputs", ports_json(r.outputs)},
              {"operators", r.operators},
              {"images", r.images},
              {"notes", r.notes},
              {"tensors", std::move(tensors)}};
    json["metadata"] = r.metadata ? *r.metadata : Json::object();
    return json;
}

}  // namespace lathe::pipeline
