#include "ops/ops.h"
#include "passes/passes.h"

namespace lathe::passes {

using namespace graph;

Result<Graph> nhwc_inputs(Graph graph) {
    bool any = false;
    Graph changed = graph;
    std::vector<Node> nodes = std::move(changed.nodes);
    changed.nodes.clear();
    for (ValueId& id : changed.inputs) {
        const Value value = changed[id];
        if (value.shape.size() != 4 || !is_float(value.dtype)) continue;
        any = true;
        const std::string name = value.name;
        changed[id].name = name + "/nchw";
        const ValueId fresh =
            changed.add_value({.name = name,
                               .dtype = value.dtype,
                               .shape = {value.shape[0], value.shape[2], value.shape[3], value.shape[1]}});
        changed[fresh].name = name;
        changed.nodes.push_back({.op = ops::find_op("transpose"),
                                 .name = name + "/nchw",
                                 .inputs = {fresh},
                                 .outputs = {id},
                                 .attrs = Attrs{{"perm", Ints{0, 3, 1, 2}}}});
        id = fresh;
    }
    if (!any) return fail("no input is an image [N, C, H, W], which channels could be moved to the end of");
    for (Node& node : nodes) changed.nodes.push_back(std::move(node));
    return changed;
}

}  // namespace lathe::passes
