/* Boosted trees of LightGBM, evaluated from one flat array; `tree_text.py` fills it and checks everything in it.
 *
 * Every decision is LightGBM's own (its include/LightGBM/tree.h), and the leaves are added in the order of the trees,
 * so that the sums are equal to LightGBM's to the last bit. A node decides without a jump: the processor could not
 * foretell which way it goes, and waits long where it guessed wrong.
 */
#include <stdint.h>

#define LANES 8 /* trees walked side by side: the nodes of all are fetched at once */
#define BLOCK 64 /* trees whose leaves are kept before they are added; one call may ask for more */
#define ZERO 1e-35
#define NO_CODE UINT32_MAX

enum { CATEGORICAL = 1, DEFAULT_LEFT = 2 };

typedef struct {
    union {
        double threshold; /* a number up to this goes left */
        struct {
            uint32_t first_word, words; /* of the set of categories that goes left */
        } set;
    } by;
    int16_t child[2]; /* right, left: nodes of the same tree, or ~leaf where negative */
    uint16_t slot;
    uint16_t kind;
} Node;

typedef struct {
    const Node *nodes;
    const double *leaves;
    const uint32_t *sets;
    const uint32_t *node_of; /* the first node of each tree, and one beyond the last */
    const uint32_t *leaf_of;
    uint32_t width;
} Trees;

/* One feature as nodes read it: the number, NaN where it is missing, and its category. */
typedef struct {
    double number;
    uint32_t code;
} Slot;

/* Fill three slots a feature: for nodes to which NaN is missing, nothing is, or zero is; NaN is zero to the latter. */
static void prepare(const double *row, uint32_t width, Slot *slots)
{
    uint32_t i;
    for (i = 0; i < width; i++) {
        double value = row[i], some = value != value ? 0.0 : value;
        uint32_t code = value > -1.0 && value < 2147483648.0 ? (uint32_t)(int32_t)value : NO_CODE;
        int zero = some >= -ZERO && some <= ZERO;
        slots[i].number = value;
        slots[width + i].number = some;
        slots[2 * width + i].number = zero ? __builtin_nan("") : some;
        slots[i].code = slots[width + i].code = slots[2 * width + i].code = code;
    }
}

static inline int32_t next(const Node *node, const Slot *slots, const uint32_t *sets)
{
    const Slot *slot = slots + node->slot;
    uint32_t category = node->kind & CATEGORICAL, word = slot->code >> 5;
    uint32_t within = category & (word < node->by.set.words);
    uint32_t in_set = within & (sets[(node->by.set.first_word + word) & -within] >> (slot->code & 31));
    uint32_t below = (slot->number <= node->by.threshold) |
                     ((uint32_t)(slot->number != slot->number) & ((node->kind & DEFAULT_LEFT) != 0));
    return node->child[in_set | (below & (category ^ 1))];
}

/* Add the leaves of the trees from `first` up to `end`, at most BLOCK of them, into which a row falls. */
static double add_block(const Trees *trees, const Slot *slots, uint32_t first, uint32_t end, double total)
{
    const Node *from[LANES];
    double found[BLOCK];
    int32_t at[LANES];
    uint32_t of[LANES], tree = first, open = 0, lane;

    while (tree < end && open < LANES) {
        if (trees->node_of[tree] == trees->node_of[tree + 1]) { /* one leaf, no node */
            found[tree - first] = trees->leaves[trees->leaf_of[tree]];
        } else {
            from[open] = trees->nodes + trees->node_of[tree];
            at[open] = 0;
            of[open++] = tree;
        }
        tree++;
    }
    while (open) {
        for (lane = 0; lane < open; lane++) {
            int32_t to = next(from[lane] + at[lane], slots, trees->sets);
            at[lane] = to;
            if (to >= 0)
                continue;
            found[of[lane] - first] = trees->leaves[trees->leaf_of[of[lane]] + (uint32_t)~to];
            for (; tree < end && trees->node_of[tree] == trees->node_of[tree + 1]; tree++)
                found[tree - first] = trees->leaves[trees->leaf_of[tree]];
            if (tree < end) {
                from[lane] = trees->nodes + trees->node_of[tree];
                at[lane] = 0;
                of[lane] = tree++;
            } else {
                open--;
                from[lane] = from[open];
                at[lane] = at[open];
                of[lane] = of[open];
                lane--;
            }
        }
    }
    for (tree = first; tree < end; tree++)
        total += found[tree - first];
    return total;
}

/* Add to the score of each row the trees from `first` up to `end`, at most BLOCK of them. */
void car_price_add(const Trees *trees, const double *rows, int64_t count, uint32_t first, uint32_t end, double *scores)
{
    Slot slots[3 * trees->width];
    int64_t i;
    for (i = 0; i < count; i++) {
        prepare(rows + i * trees->width, trees->width, slots);
        scores[i] = add_block(trees, slots, first, end, scores[i]);
    }
}

/* Return the score of one row. */
double car_price_one(const Trees *trees, const double *row, uint32_t count)
{
    Slot slots[3 * trees->width];
    double total = 0.0;
    uint32_t first;
    prepare(row, trees->width, slots);
    for (first = 0; first < count; first += BLOCK)
        total = add_block(trees, slots, first, count - first < BLOCK ? count : first + BLOCK, total);
    return total;
}
