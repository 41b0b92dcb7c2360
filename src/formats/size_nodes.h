// Nodes that compute sizes with symbols while a graph runs, from the shapes of values that show them: Shape, Gather and
// arithmetic. Every size is computed once. All results are i64[1] (vector: i64[n]).
#pragma once
#include <map>

#include "graph/graph.h"

namespace lathe::formats {

class SizeNodes : public graph::DimWalk {
public:
    explicit SizeNodes(graph::Graph& graph) : graph_(graph) {}

    // Sizes that `value` shows from here on: its dimensions that are lone symbols.
    void learn(graph::ValueId value);
    // The numbers, as i64[dims.size()]; at least one. Errors: a symbol that no learned value shows.
    Result<graph::ValueId> vector(const graph::Dims& dims);

    Result<int> number(int64_t value) override;
    Result<int> symbol(const std::string& name) override;
    Result<int> apply(std::string_view function, int a, int b) override;

private:
    struct Source {
        graph::ValueId value;
        size_t axis;
    };
    // Makes a node unless one for the same `key` was made before.
    Result<int> once(const std::string& key, const std::string& name, std::string_view op,
                     std::vector<graph::ValueId> inputs, graph::Attrs attrs);
    Result<graph::ValueId> add(const std::string& name, std::string_view op,
                               std::vector<graph::ValueId> inputs, graph::Attrs attrs);

    graph::Graph& graph_;
    std::map<std::string, Source, std::less<>> sources_;
    std::map<graph::ValueId, graph::ValueId> shapes_;
    std::map<int64_t, graph::ValueId> numbers_;
    std::map<std::string, int, std::less<>> known_;
};

}  // namespace lathe::formats
