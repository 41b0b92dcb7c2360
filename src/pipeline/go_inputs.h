// Inputs of networks that take KataGo's planes, made from Go positions.
#pragma once
#include "check/compare.h"

namespace lathe::pipeline {

// True when the graph has the inputs bin_input [N, 22, H, W] and global_input [N, 19].
bool takes_go_planes(const graph::Graph& graph);

// The position at the end of an .sgf file (or before move `move`, counted from 0, when it is not negative), with a batch
// of one, on a tensor of the board's size, or the graph's when that is fixed. Human-style networks get the meta input of
// a 9-dan professional. Errors: an unreadable game, a board larger than the graph's.
Result<check::NamedTensors> go_inputs(const graph::Graph& graph, const std::string& sgf_path, int move = -1);

// How many moves the game has. Errors: an unreadable game.
Result<int> moves_in(const std::string& sgf_path);

// Positions of games played by rule (legal moves from a hash), on small boards where the graph allows it.
Result<std::vector<check::NamedTensors>> go_trial_inputs(const graph::Graph& graph,
                                                         const graph::Bindings& sizes, int samples,
                                                         std::string& described);

}  // namespace lathe::pipeline
