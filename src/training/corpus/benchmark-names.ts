/**
 * Names by which code that is (or retells) a public benchmark is known. Such code is never learnt: what a model scores on a benchmark that it has read says
 * nothing.
 */

/** Names of benchmarks and collections of set tasks, anywhere in a path or text. */
export const benchmarkNames =
  /\b(?:human[-_ ]?eval(?:[-_]?x)?|mbpp|mbxp|multipl-e|quix-?bugs|exercism|the-?algorithms|can-?it-?edit|live-?code-?bench|leet-?code|hacker-?rank|code-?wars|rosetta-?code|project[-_ ]euler|advent[-_ ]of[-_ ]code)\b/i;

/**
 * Functions of HumanEval, QuixBugs and Exercism whose names hardly anybody else gives a function, as words joined by `_`. Common names (gcd, flatten, is_prime)
 * are not here: code of that name is somebody's own, and the comparison by words decides.
 */
const functionNames = `
has_close_elements separate_paren_groups below_zero mean_absolute_deviation parse_nested_parens filter_by_substring sum_product rolling_max make_palindrome
string_xor longest_strings greatest_common_divisor_of all_prefixes string_sequence count_distinct_characters parse_music how_many_times sort_numbers
find_closest_elements rescale_to_unit filter_integers filter_by_prefix get_positive find_zero_poly sort_third fizz_buzz_7 sort_even decode_cyclic prime_fib
triples_sum_to_zero car_race_collision incr_list pairs_sum_to_zero change_base fib4 is_palindrome_text remove_vowels below_threshold same_chars
correct_bracketing common_elements largest_prime_factor sum_to_n derivative_of fibfib vowels_count circular_shift digit_sum_upper fruit_distribution
strange_sort_list triangle_area_3 will_it_fly smallest_change total_match is_multiply_prime is_simple_power is_cube_of hex_key decimal_to_binary is_happy
numerical_letter_grade prime_length starts_one_ends anti_shuffle sort_array_by_parity next_smallest is_bored any_int encode_message skjkasdkd
check_dict_case count_up_to count_upper closest_integer make_a_pile words_string choose_num rounded_avg unique_digits even_odd_palindrome count_nums
move_one_ball odd_count min_sub_array_sum max_fill select_words get_closest_vowel match_parens valid_date_text is_sorted_twice intersection_prime
prod_signs minpath tri_list digits_product is_nested sum_squares_cubes check_if_last_char_is_a_letter can_arrange largest_smallest_integers compare_one
is_equal_to_sum_even special_factorial fix_spaces file_name_check words_in_sentence simplify_fraction order_by_points special_filter get_max_triples bf_planets
sorted_list_sum x_or_y double_the_difference strongest_extension cycpattern_check even_odd_count int_to_mini_roman right_angle_triangle find_max_unique do_algebra
string_to_md5 generate_integers
find_first_in_sorted find_in_sorted is_valid_parenthesization kheapsort lcs_length max_sublist_sum next_palindrome possible_change rpn_eval shortest_path_lengths
shunting_yard
two_fer resistor_color_duo resistor_color_trio collatz_conjecture space_age ocr_numbers food_chain house_that_jack_built beer_song twelve_days tally_tournament
zebra_puzzle go_counting book_store_total all_your_base rotational_cipher affine_cipher simple_cipher rail_fence_cipher crypto_square diffie_hellman_exchange
sum_of_multiples_of perfect_numbers_classify pascals_triangle_rows
`;

/** The same in camel case, as a port would have them, and as they are. */
export const benchmarkFunctions: ReadonlySet<string> = new Set(
  functionNames
    .trim()
    .split(/\s+/)
    .flatMap((name) => [name, name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())]),
);
