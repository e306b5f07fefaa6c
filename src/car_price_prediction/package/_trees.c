/* Boosted trees of LightGBM, evaluated without a walk; `tree_layout.py` fills the arrays, `tree_text.py` checked the
 * model.
 *
 * QuickScorer (Lucchese et al. 2015, "QuickScorer: a fast algorithm to rank documents with additive ensembles of
 * regression trees"): a tree's leaves are bits, from left to right. A node that a row does not satisfy rules out the
 * leaves on its left, and the first leaf that no node rules out is the one into which the row falls. Nodes are grouped
 * by what they ask, not by tree. Of a number, those that rule out are the ones with smaller thresholds: what the first
 * `block` of these rulings, the first 2 `block` and so on come to is kept ready. Of a category it is most nodes: what all
 * of them come to is kept ready, with the words that each category has instead; or, of few categories, what each comes to.
 *
 * Every decision is LightGBM's own (its include/LightGBM/tree.h), and the leaves are added in the order of the trees,
 * so that the sums are equal to LightGBM's to the last bit.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ZERO 1e-35
#define WORD 64
#define TOGETHER 4 /* vectors that are joined in one go */

enum { CATEGORICAL = 1, DEFAULT_LEFT = 2, ZERO_IS_MISSING = 4, NAN_IS_MISSING = 8, READY = 16 };

/* A question, and where what its answers rule out is found. */
typedef struct {
    uint32_t feature, how;
    uint32_t first, count; /* its thresholds, ascending; its categories */
    uint32_t upto;         /* where its bounds begin */
    uint32_t vector;       /* the first of its vectors */
} Question;

typedef struct {
    const Question *questions;
    const double *thresholds;
    const uint32_t *upto;    /* bounds of rulings: one for each rank of a number, or for each category */
    const uint32_t *word;    /* of each ruling: the word, */
    const uint64_t *stays;   /* and which of its leaves stay */
    const uint64_t *vectors; /* of `words` words each */
    const double *leaves;    /* each tree's from left to right */
    const uint32_t *leaf_of, *word_of; /* the first of each tree, and one beyond the last */
    uint32_t trees, width, asked, words, block;
} Trees;

/* What is left of the leaves, with the vectors that are yet to be joined with it. */
typedef struct {
    uint64_t *left, *aside;
    const uint64_t *vectors[TOGETHER];
    uint32_t some, words;
} Leaves;

static void join(Leaves *leaves)
{
    uint64_t *restrict left = leaves->left;
    const uint64_t *restrict a, *restrict b, *restrict c, *restrict d;
    uint32_t i;
    if (!leaves->some)
        return;
    for (i = leaves->some; i < TOGETHER; i++)
        leaves->vectors[i] = leaves->vectors[0];
    a = leaves->vectors[0], b = leaves->vectors[1], c = leaves->vectors[2], d = leaves->vectors[3];
    for (i = 0; i < leaves->words; i++)
        left[i] &= (a[i] & b[i]) & (c[i] & d[i]);
    leaves->some = 0;
}

static void take(Leaves *leaves, const uint64_t *vector)
{
    leaves->vectors[leaves->some++] = vector;
    if (leaves->some == TOGETHER)
        join(leaves);
}

static const uint64_t *vector_of(const Trees *trees, uint32_t number)
{
    return trees->vectors + (size_t)number * trees->words;
}

/* Return how many thresholds lie below a value. */
static uint32_t rank_of(const double *thresholds, uint32_t count, double value)
{
    const double *from = thresholds;
    while (count) {
        uint32_t half = count >> 1, up = from[half] < value;
        from += up ? half + 1 : 0;
        count = up ? count - half - 1 : half;
    }
    return (uint32_t)(from - thresholds);
}

static void ask_number(const Trees *trees, const Question *question, double value, Leaves *leaves)
{
    const uint32_t *upto = trees->upto + question->upto;
    uint32_t rank, i, end, blocks;
    if (value != value && !(question->how & NAN_IS_MISSING))
        value = 0.0;
    if (value != value || ((question->how & ZERO_IS_MISSING) && value >= -ZERO && value <= ZERO))
        rank = question->how & DEFAULT_LEFT ? 0 : question->count;
    else
        rank = rank_of(trees->thresholds + question->first, question->count, value);
    end = upto[rank];
    blocks = (end - upto[0]) / trees->block;
    if (blocks)
        take(leaves, vector_of(trees, question->vector + blocks - 1));
    for (i = upto[0] + blocks * trees->block; i < end; i++)
        leaves->left[trees->word[i]] &= trees->stays[i];
}

static void ask_category(const Trees *trees, const Question *question, double value, Leaves *leaves)
{
    int known = value > -1.0 && value < (double)question->count;
    uint32_t code = known ? (uint32_t)value : question->count;
    const uint32_t *upto = trees->upto + question->upto;
    const uint64_t *all;
    uint32_t i, first, count;
    if (question->how & READY) {
        take(leaves, vector_of(trees, question->vector + code));
        return;
    }
    first = known ? upto[code] : 0;
    count = known ? upto[code + 1] - first : 0;
    all = vector_of(trees, question->vector);
    for (i = 0; i < count; i++)
        leaves->aside[i] = leaves->left[trees->word[first + i]] & trees->stays[first + i];
    for (i = 0; i < leaves->words; i++)
        leaves->left[i] &= all[i];
    for (i = 0; i < count; i++)
        leaves->left[trees->word[first + i]] = leaves->aside[i];
}

/* Return the sum of the first leaves that are left, a tree's after the other's. No jump depends on a row. */
static double sum(const Trees *trees, const uint64_t *left)
{
    double total = 0.0;
    uint32_t i;
    for (i = 0; i < trees->trees; i++) {
        uint32_t first = trees->word_of[i], at = trees->word_of[i + 1] - 1, leaf;
        leaf = (at - first) * WORD + (uint32_t)__builtin_ctzll(left[at] | (uint64_t)1 << (WORD - 1));
        while (at-- > first)
            leaf = left[at] ? (at - first) * WORD + (uint32_t)__builtin_ctzll(left[at]) : leaf;
        total += trees->leaves[trees->leaf_of[i] + leaf];
    }
    return total;
}

/* Of the arrays above, so that a library of other lines is not given them. */
int car_price_layout(void)
{
    return 3;
}

/* Write the scores of rows; return 0 where there is no memory for that. */
int car_price_scores(const Trees *trees, const double *rows, int64_t count, double *scores)
{
    Leaves leaves = {malloc(2 * (size_t)trees->words * sizeof(uint64_t)), NULL, {NULL}, 0, trees->words};
    int64_t row;
    uint32_t i;
    if (!leaves.left)
        return 0;
    leaves.aside = leaves.left + trees->words;
    for (row = 0; row < count; row++) {
        memset(leaves.left, 0xff, trees->words * sizeof(uint64_t));
        for (i = 0; i < trees->asked; i++) {
            const Question *question = trees->questions + i;
            double value = rows[row * trees->width + question->feature];
            if (question->how & CATEGORICAL)
                ask_category(trees, question, value, &leaves);
            else
                ask_number(trees, question, value, &leaves);
        }
        join(&leaves);
        scores[row] = sum(trees, leaves.left);
    }
    free(leaves.left);
    return 1;
}

/* Return the score of one row; NaN where there is no memory for that. */
double car_price_one(const Trees *trees, const double *row)
{
    double score;
    return car_price_scores(trees, row, 1, &score) ? score : (double)NAN;
}
