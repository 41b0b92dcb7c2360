// `lathe go`: what a network thinks of a Go position.
#pragma once
#include <optional>

#include "game/features.h"
#include "game/game_record.h"
#include "game/readout.h"
#include "pipeline/engines.h"
#include "pipeline/model.h"

namespace lathe::pipeline {

struct GoOptions {
    std::string model_path;
    ModelOptions model;
    int move = -1;              // how many moves of the game to play; -1: all
    std::string rules;  // instead of the game's, in any form that game/rules.h reads; empty: the game's
    std::string human_profile;  // "rank_5k" …, for networks that take metadata; empty: a professional of 2020
    EngineOptions engine;
    double optimism = 0;  // share of the optimistic policy, where the network has one
};

struct GoPosition {
    std::string title;  // the players, or the file
    game::History history;
    game::Features features;  // on planes of the board's size, or as large as the model wants
    int height = 0, width = 0;  // of the planes
    std::vector<std::string> notes;
};

// The position alone; model may be null.
Result<GoPosition> load_position(const std::string& sgf_path, const GoOptions& options,
                                 const graph::Graph* model);

struct GoAnswer {
    GoPosition position;
    std::string model_name;
    game::RawOutputs raw;
    game::ReadOut readout;
};
Result<GoAnswer> ask(const std::string& sgf_path, const GoOptions& options);

std::string to_text(const GoAnswer& answer, bool colour);
std::string to_svg(const GoAnswer& answer);
Json to_json(const GoAnswer& answer, bool with_raw);

// Writes bin_input [1, 22, H, W] and global_input [1, 19] (and meta_input) as an .npz.
Status write_features(const GoPosition& position, const std::string& path);

// Takes a network's outputs apart: which policy channels and score outputs it has, by its metadata ("katago.version",
// "katago.multipliers", "katago.weights") or, for models of other programs, by their shapes (a note says so).
Result<game::RawOutputs> raw_outputs(const graph::Graph& graph, const std::vector<Tensor>& outputs,
                                     std::vector<std::string>& notes);

}  // namespace lathe::pipeline
