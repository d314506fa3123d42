/* view_choices.h: what a list of missions can be narrowed to. */
#ifndef EDGE_VIEW_CHOICES_H
#define EDGE_VIEW_CHOICES_H

#include "find.h"

/* Puts "choices": for each filter but the text its values, each with how many
 * missions the other filters leave of it: [{"name", "label", "more", "items":
 * [{"value", "label", "missions", "chosen"}]}]. Values without a mission are
 * left out. A list stays short: when its names take too much room those with
 * the most missions stay, and "more" counts the others. Returns about how many
 * bytes they take as HTML. */
size_t put_choices(const struct find *find);

#endif
