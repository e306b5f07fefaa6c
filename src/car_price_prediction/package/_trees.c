/* Boosted trees of LightGBM, evaluated from flat arrays; `tree_layout.py` fills them, `tree_text.py` checked the model.
 *
 * Every decision is LightGBM's own (its include/LightGBM/tree.h), and the leaves are added in the order of the trees,
 * so that the sums are equal to LightGBM's to the last bit. What a row says is read once, a feature at a time: a number
 * as the count of thresholds below it, a category as the row of its bits, one for each node that asks for it. A node is
 * eight bytes then, and decides without a jump: the processor could not foretell which way it goes, and waits long
 * where it guessed wrong.
 */
#include <stdint.h>
#include <string.h>

#define LANES 8     /* trees walked side by side: the nodes of all are fetched at once */
#define BLOCK 64    /* trees that stay in the cache while many rows fall through them */
#define SCRATCH 4096 /* answers kept at once, of many rows */
#define ZERO 1e-35
#define NO_CODE UINT32_MAX
#define ABOVE_ALL 65535u
#define NEVER 65536u

enum { CATEGORICAL = 1, DEFAULT_LEFT = 2, ZERO_IS_MISSING = 4, NAN_IS_MISSING = 8 };

typedef struct {
    uint16_t slot;   /* which answer it looks at */
    uint16_t by;     /* a number of this rank or below goes left; a category whose bit of this number is set does */
    int16_t step[2]; /* right, left: so many nodes on, or to the leaf of this number, negated */
} Node;

/* How one answer is made of a row. */
typedef struct {
    uint32_t feature, how;
    uint32_t first, count; /* of its thresholds, ascending; of where its categories' bits begin */
} Reading;

typedef struct {
    const Node *nodes;
    const double *leaves;
    const uint32_t *node_of; /* the first node of each tree, and one beyond the last */
    const uint32_t *leaf_of;
    const Reading *readings;
    const double *thresholds;
    const uint32_t *bits_of;
    const uint8_t *bits; /* begins with as many zeros as the longest row has */
    uint32_t trees, width, slots;
} Trees;

/* What a row says to the nodes of a slot: a rank and no bits, or bits and a rank that is never low enough. */
typedef struct {
    const uint8_t *bits;
    uint32_t rank, mask;
} Answer;

static uint32_t rank_of(const double *thresholds, uint32_t count, double value)
{
    const double *from = thresholds;
    while (count) { /* the count of thresholds below the value */
        uint32_t half = count >> 1, up = from[half] < value;
        from += up ? half + 1 : 0;
        count = up ? count - half - 1 : half;
    }
    return (uint32_t)(from - thresholds);
}

static void read_row(const Trees *trees, const double *row, Answer *answers)
{
    uint32_t i;
    for (i = 0; i < trees->slots; i++) {
        const Reading *reading = trees->readings + i;
        double value = row[reading->feature];
        Answer *answer = answers + i;
        if (reading->how & CATEGORICAL) {
            uint32_t code = value > -1.0 && value < 2147483648.0 ? (uint32_t)(int32_t)value : NO_CODE;
            answer->bits = trees->bits + (code < reading->count ? trees->bits_of[reading->first + code] : 0);
            answer->rank = NEVER;
            answer->mask = ABOVE_ALL;
            continue;
        }
        if (value != value && !(reading->how & NAN_IS_MISSING))
            value = 0.0;
        if (value != value || ((reading->how & ZERO_IS_MISSING) && value >= -ZERO && value <= ZERO))
            answer->rank = reading->how & DEFAULT_LEFT ? 0 : ABOVE_ALL;
        else
            answer->rank = rank_of(trees->thresholds + reading->first, reading->count, value);
        answer->bits = trees->bits;
        answer->mask = 0;
    }
}

static inline int has_nodes(const Trees *trees, uint32_t tree)
{
    return trees->node_of[tree] != trees->node_of[tree + 1];
}

static inline int32_t next(const Node *node, const Answer *answers)
{
    const Answer *answer = answers + node->slot;
    uint32_t by = node->by;
    uint32_t bit = (uint32_t)answer->bits[(by & answer->mask) >> 3] >> (by & 7);
    return node->step[(answer->rank <= by) | (bit & 1)];
}

/* Add the leaves of the trees from `first` up to `end`, at most BLOCK of them, into which a row falls. */
static double add_block(const Trees *trees, const Answer *answers, uint32_t first, uint32_t end, double total)
{
    const Node *at[LANES];
    double found[BLOCK];
    uint32_t of[LANES], tree = first, open = 0, lane;

    for (; tree < end && open < LANES; tree++)
        if (has_nodes(trees, tree)) {
            at[open] = trees->nodes + trees->node_of[tree];
            of[open++] = tree;
        } else
            found[tree - first] = trees->leaves[trees->leaf_of[tree]];
    while (open) {
        for (lane = 0; lane < open; lane++) {
            int32_t step = next(at[lane], answers);
            at[lane] += step;
            if (step > 0)
                continue;
            found[of[lane] - first] = trees->leaves[trees->leaf_of[of[lane]] + (uint32_t)-step];
            for (; tree < end && !has_nodes(trees, tree); tree++)
                found[tree - first] = trees->leaves[trees->leaf_of[tree]];
            if (tree < end) {
                at[lane] = trees->nodes + trees->node_of[tree];
                of[lane] = tree++;
            } else {
                open--;
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

/* Of the arrays above, so that a library of other lines is not given them. */
int car_price_layout(void)
{
    return 2;
}

/* Write the scores of rows. */
void car_price_scores(const Trees *trees, const double *rows, int64_t count, double *scores)
{
    int64_t most = trees->slots < SCRATCH ? SCRATCH / (trees->slots + 1) : 1, done, i;
    if (most > count)
        most = count;
    Answer answers[(most + !most) * (trees->slots + 1)];

    memset(scores, 0, (size_t)count * sizeof *scores);
    for (done = 0; done < count; done += most) {
        int64_t some = count - done < most ? count - done : most;
        uint32_t first;
        for (i = 0; i < some; i++)
            read_row(trees, rows + (done + i) * trees->width, answers + i * trees->slots);
        for (first = 0; first < trees->trees; first += BLOCK) {
            uint32_t end = trees->trees - first < BLOCK ? trees->trees : first + BLOCK;
            for (i = 0; i < some; i++)
                scores[done + i] = add_block(trees, answers + i * trees->slots, first, end, scores[done + i]);
        }
    }
}

/* Return the score of one row. */
double car_price_one(const Trees *trees, const double *row)
{
    double score;
    car_price_scores(trees, row, 1, &score);
    return score;
}
