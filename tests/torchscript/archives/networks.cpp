#include "networks.h"

namespace {

TensorRule weight(std::vector<int64_t> shape) {
    double inputs = 1;
    for (size_t i = 1; i < shape.size(); ++i) inputs *= static_cast<double>(shape[i]);
    const double bound = 1.7 / (inputs > 1 ? __builtin_sqrt(inputs) : 2);
    return {std::move(shape), -bound, bound};
}

ModuleText conv(const std::string& name, int64_t in, int64_t out, int64_t kernel, int64_t stride = 1,
                int64_t groups = 1) {
    const std::string s = std::to_string(stride), p = std::to_string(kernel / 2);
    return {name,
            "def forward(self, x):\n    return torch.conv2d(x, self.weight, None, [" + s + ", " + s + "], [" +
                p + ", " + p + "], [1, 1], " + std::to_string(groups) + ")\n",
            {{"weight", weight({out, in / groups, kernel, kernel})}},
            {},
            {}};
}

ModuleText norm(const std::string& name, int64_t channels) {
    return {
        name,
        "def forward(self, x):\n    return torch.batch_norm(x, self.weight, self.bias, self.running_mean, self.running_var, False, 0.1, 1e-5, True)\n",
        {{"weight", {{channels}, 0.5, 1.5}}, {"bias", {{channels}}}},
        {{"running_mean", {{channels}}}, {"running_var", {{channels}, 0.5, 2}}},
        {}};
}

ModuleText linear(const std::string& name, int64_t in, int64_t out) {
    return {name,
            "def forward(self, x):\n    return torch.linear(x, self.weight, self.bias)\n",
            {{"weight", weight({out, in})}, {"bias", {{out}}}},
            {},
            {}};
}

ModuleText layer_norm(const std::string& name, int64_t size) {
    return {name,
            "def forward(self, x):\n    return torch.layer_norm(x, [" + std::to_string(size) +
                "], self.weight, self.bias)\n",
            {{"weight", {{size}, 0.5, 1.5}}, {"bias", {{size}}}},
            {},
            {}};
}

// conv-norm-relu, conv-norm, the sum in place (He et al. 2015).
ModuleText residual(const std::string& name, int64_t in, int64_t out, int64_t stride) {
    ModuleText m{
        name,
        "",
        {},
        {},
        {conv("conv1", in, out, 3, stride), norm("bn1", out), conv("conv2", out, out, 3), norm("bn2", out)}};
    m.source =
        "def forward(self, x):\n    y = torch.relu_(self.bn1.forward(self.conv1.forward(x)))\n    y = self.bn2.forward(self.conv2.forward(y))\n";
    if (in != out) {
        m.children.push_back(conv("down", in, out, 1, stride));
        m.source += "    x = self.down.forward(x)\n";
    }
    m.source += "    y += x\n    return torch.relu_(y)\n";
    return m;
}

Network resnet() {
    ModuleText m{"resnet",
                 R"(
def forward(self, x):
    x = torch.relu_(self.bn1.forward(self.conv1.forward(x)))
    x = torch.max_pool2d(x, [3, 3], [2, 2], [1, 1], [1, 1], False)
    x = self.layer2.forward(self.layer1.forward(x))
    x = torch.flatten(torch.adaptive_avg_pool2d(x, [1, 1]), 1)
    return self.fc.forward(x)
)",
                 {},
                 {},
                 {conv("conv1", 3, 8, 7, 2), norm("bn1", 8), residual("layer1", 8, 8, 1),
                  residual("layer2", 8, 16, 2), linear("fc", 16, 10)}};
    return {m, {{{2, 3, 33, 29}}}};
}

// Inverted residuals with squeeze and excitation (Howard et al. 2019).
Network mobilenet() {
    ModuleText squeeze{
        "squeeze",
        R"(
def forward(self, x):
    s = torch.adaptive_avg_pool2d(x, [1, 1])
    s = torch.relu(torch.conv2d(s, self.w1, self.b1))
    return x * torch.hardsigmoid(torch.conv2d(s, self.w2, self.b2))
)",
        {{"w1", weight({4, 16, 1, 1})}, {"b1", {{4}}}, {"w2", weight({16, 4, 1, 1})}, {"b2", {{16}}}},
        {},
        {}};
    ModuleText m{"mobilenet",
                 R"(
def forward(self, x):
    x = torch.hardswish(self.bn0.forward(self.stem.forward(x)))
    y = torch.hardswish_(self.bn1.forward(self.expand.forward(x)))
    y = torch.hardswish(self.bn2.forward(self.depthwise.forward(y)))
    y = self.bn3.forward(self.project.forward(self.squeeze.forward(y)))
    x = x + y
    n, c, h, w = x.size()
    return torch.log_softmax(self.head.forward(x.mean([2, 3]).view(n, c)), -1)
)",
                 {},
                 {},
                 {conv("stem", 3, 8, 3, 2), norm("bn0", 8), conv("expand", 8, 16, 1), norm("bn1", 16),
                  conv("depthwise", 16, 16, 5, 1, 16), norm("bn2", 16), squeeze, conv("project", 16, 8, 1),
                  norm("bn3", 8), linear("head", 8, 5)}};
    return {m, {{{1, 3, 20, 24}}}};
}

ModuleText attention(const std::string& name) {
    return {name,
            R"(
def forward(self, x):
    b, t, c = x.size()
    q, k, v = torch.chunk(self.qkv.forward(x), 3, -1)
    q = q.view(b, t, 4, c // 4).transpose(1, 2)
    k = k.view(b, t, 4, c // 4).transpose(1, 2)
    v = v.view(b, t, 4, c // 4).transpose(1, 2)
    scores = torch.matmul(q, k.transpose(-2, -1)) * (float(c // 4) ** -0.5)
    keep = torch.tril(torch.ones([t, t], dtype=11))
    scores = scores.masked_fill(torch.logical_not(keep), -1e9)
    y = torch.matmul(torch.softmax(scores, -1), v)
    return self.out.forward(y.transpose(1, 2).contiguous().view(b, t, c))
)",
            {},
            {},
            {linear("qkv", 32, 96), linear("out", 32, 32)}};
}

ModuleText block(const std::string& name) {
    return {name,
            R"(
def forward(self, x):
    x = x + self.attention.forward(self.norm1.forward(x))
    return x + self.down.forward(torch.gelu(self.up.forward(self.norm2.forward(x))))
)",
            {},
            {},
            {attention("attention"), layer_norm("norm1", 32), layer_norm("norm2", 32), linear("up", 32, 64),
             linear("down", 64, 32)}};
}

// A small language model: embeddings, two blocks, the embedding again as the head.
Network transformer() {
    ModuleText m{"transformer",
                 R"(
def forward(self, tokens):
    t = tokens.size(1)
    x = torch.embedding(self.words, tokens) + torch.embedding(self.places, torch.arange(t))
    for i in range(2):
        if i == 0:
            x = self.block0.forward(x)
        else:
            x = self.block1.forward(x)
    x = self.norm.forward(x)
    return torch.linear(x, self.words), x
)",
                 {{"words", {{50, 32}}}, {"places", {{16, 32}}}},
                 {},
                 {block("block0"), block("block1"), layer_norm("norm", 32)}};
    return {m, {{{2, 9}, 0, 50, 'i'}}};
}

std::vector<std::pair<std::string, TensorRule>> recurrent_weights(int64_t gates, int64_t in, int64_t hidden) {
    std::vector<std::pair<std::string, TensorRule>> all;
    for (int layer = 0; layer < 2; ++layer)
        for (int direction = 0; direction < 2; ++direction) {
            const std::string tag = std::to_string(layer) + std::to_string(direction);
            all.push_back({"w" + tag, weight({gates * hidden, layer == 0 ? in : 2 * hidden})});
            all.push_back({"r" + tag, weight({gates * hidden, hidden})});
            all.push_back({"b" + tag, {{gates * hidden}}});
            all.push_back({"c" + tag, {{gates * hidden}}});
        }
    return all;
}

const char* const kRecurrentWeights =
    "[self.w00, self.r00, self.b00, self.c00, self.w01, self.r01, self.b01, self.c01, "
    "self.w10, self.r10, self.b10, self.c10, self.w11, self.r11, self.b11, self.c11]";

// Two layers, both directions, batch first.
Network lstm() {
    ModuleText m{
        "lstm",
        std::string(
            "def forward(self, x):\n    h = torch.zeros([4, x.size(0), 6])\n    y, hn, cn = torch.lstm(x, [h, h], ") +
            kRecurrentWeights + ", True, 2, 0.0, False, True, True)\n    return y, hn, cn\n",
        recurrent_weights(4, 5, 6),
        {},
        {}};
    return {m, {{{3, 7, 5}}}};
}

Network gru() {
    ModuleText m{"gru",
                 std::string("def forward(self, x, h):\n    y, hn = torch.gru(x, h, ") + kRecurrentWeights +
                     ", True, 2, 0.0, False, True, False)\n    return y, hn\n",
                 recurrent_weights(3, 5, 6),
                 {},
                 {}};
    return {m, {{{7, 3, 5}}, {{4, 3, 6}}}};
}

// Down, up, and side by side (Ronneberger et al. 2015).
Network unet() {
    ModuleText m{"unet",
                 R"(
def forward(self, x):
    a = torch.leaky_relu(self.enter.forward(x), 0.1)
    b = torch.relu(self.down.forward(torch.avg_pool2d(a, [2, 2])))
    up = torch.upsample_bilinear2d(b, [a.size(2), a.size(3)], False)
    side = torch.conv_transpose2d(b, self.back, None, [2, 2], [1, 1], [1, 1], 1, [1, 1])
    side = torch.constant_pad_nd(side, [0, a.size(3) - side.size(3), 0, a.size(2) - side.size(2)])
    return self.leave.forward(torch.cat([a, up, side], 1))
)",
                 {{"back", weight({8, 4, 3, 3})}},
                 {},
                 {conv("enter", 3, 8, 3), conv("down", 8, 8, 3), conv("leave", 20, 2, 1)}};
    return {m, {{{1, 3, 18, 22}}}};
}

// What Python does around tensors: lists, dictionaries, loops, conditions, optional values, writing through views.
Network python() {
    ModuleText m{"python",
                 R"(
def pick(self, x: Tensor, scale: Optional[float], names: Dict[str, int]) -> Tensor:
    if scale is None:
        scale = 2.0
    if "rows" in names:
        x = x[:, 0:names["rows"]]
    return x * scale

def forward(self, x: Tensor) -> List[Tensor]:
    assert x.dim() == 3
    parts: List[Tensor] = []
    total = torch.zeros_like(x)
    for i in range(x.size(1)):
        row = x[:, i]
        if i % 2 == 0:
            parts.append(row)
        total[:, i] = row * float(i)
    total[:, 1:, -1] += 1.0
    total.view([-1])[0] = 9.0
    flat = total.reshape([x.size(0), -1])
    i = 0
    while i < len(parts):
        parts[i] = parts[i].unsqueeze(0)
        i += 1
    joined = torch.cat(parts, 0).transpose(0, 1)
    named: Dict[str, Tensor] = dict()
    for i in range(2):
        named["part_{}".format(i) + str(i > 0)] = parts[i]
    assert all([len(named) == 2, "part_1True" in named]) and "part_1True".find("1") == 5
    first, second = torch.split(joined, [1, joined.size(1) - 1], 1)
    second.mul_(first)
    return [flat, joined, self.pick(x, None, {"rows": 2}), torch.stack([t.squeeze(0) for t in parts], -1)]
)",
                 {},
                 {},
                 {}};
    return {m, {{{2, 5, 3}}}};
}

}  // namespace

std::vector<Network> networks() {
    std::vector<Network> all{resnet(), mobilenet(), transformer(), lstm(), gru(), unet(), python()};
    for (Network& network : operator_networks()) all.push_back(std::move(network));
    return all;
}
