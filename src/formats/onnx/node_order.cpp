#include "formats/onnx/node_order.h"

#include <map>

#include "base/text.h"

namespace lathe::formats::onnx {
namespace {

constexpr int kDeepestSubgraph = 32;

Status collect(const Node& node, int depth, std::vector<std::string>& into) {
    if (depth > kDeepestSubgraph) return fail("{}: its subgraphs are nested too deep", node.label());
    for (const std::string& name : node.inputs)
        if (!name.empty()) into.push_back(name);
    for (const Attribute& a : node.attributes) {
        if (a.type != AttributeType::kGraph) continue;
        TRY(const GraphMessage inner, parse_graph(a.graph));
        for (const Node& n : inner.nodes) TRY_STATUS(collect(n, depth + 1, into));
        for (const ValueInfo& out : inner.outputs) into.emplace_back(out.name);
    }
    return {};
}

using Makers = std::map<std::string, size_t, std::less<>>;  // name of a value -> node

Result<Makers> makers_of(const std::vector<Node>& nodes) {
    Makers makers;
    for (size_t i = 0; i < nodes.size(); ++i)
        for (const std::string& name : nodes[i].outputs)
            if (!name.empty() && !makers.emplace(name, i).second)
                return fail("{}: makes the value '{}', which another node makes too", nodes[i].label(),
                            printable(name));
    return makers;
}

}  // namespace

Result<std::vector<std::string>> names_read(const Node& node) {
    std::vector<std::string> names;
    TRY_STATUS(collect(node, 0, names));
    return names;
}

Result<std::vector<Node>> ordered_nodes(std::vector<Node> nodes, std::span<const std::string> wanted) {
    TRY(const Makers makers, makers_of(nodes));
    std::vector<std::vector<size_t>> needs(nodes.size());
    for (size_t i = 0; i < nodes.size(); ++i) {
        TRY(const auto names, names_read(nodes[i]));
        for (const std::string& name : names)
            if (const auto it = makers.find(name); it != makers.end() && it->second != i)
                needs[i].push_back(it->second);
        for (const std::string& name : nodes[i].inputs)
            if (const auto it = makers.find(name); !name.empty() && it != makers.end() && it->second == i)
                return fail("{}: reads its own result '{}'", nodes[i].label(), printable(name));
    }
    std::vector<bool> wanted_node(nodes.size(), false);
    std::vector<size_t> open;
    for (const std::string& name : wanted)
        if (const auto it = makers.find(name); it != makers.end()) open.push_back(it->second);
    while (!open.empty()) {
        const size_t i = open.back();
        open.pop_back();
        if (wanted_node[i]) continue;
        wanted_node[i] = true;
        open.insert(open.end(), needs[i].begin(), needs[i].end());
    }
    enum class Mark : uint8_t { kNew, kOpen, kDone };
    std::vector<Mark> marks(nodes.size(), Mark::kNew);
    std::vector<std::pair<size_t, size_t>> stack;  // node, its next need
    std::vector<Node> sorted;
    for (size_t start = 0; start < nodes.size(); ++start) {
        if (wanted_node[start] && marks[start] == Mark::kNew) stack.emplace_back(start, 0);
        while (!stack.empty()) {
            auto& [i, next] = stack.back();
            marks[i] = Mark::kOpen;
            if (next == needs[i].size()) {
                marks[i] = Mark::kDone;
                sorted.push_back(std::move(nodes[i]));
                stack.pop_back();
                continue;
            }
            const size_t need = needs[i][next++];
            if (marks[need] == Mark::kOpen) return fail("{}: is part of a cycle", nodes[need].label());
            if (marks[need] == Mark::kNew) stack.emplace_back(need, 0);
        }
    }
    return sorted;
}

}  // namespace lathe::formats::onnx
