"""The functions SQL may call here, by topic; whatever is not listed is refused.

Frozen for DuckDB 2.0. Left out on purpose: everything that reads files, settings, catalogues,
statistics or variables, builds SQL from text, sleeps, logs, raises errors of its own making, or
leaves the types a contract can promise.
"""

OPERATORS = """
!= !__postfix !~~ !~~* % & && * ** + - ->> / // < << <= <@ = > >= >> @ @> ^ ^@ | || ~ ~~ ~~* ~~~ xor
add subtract multiply divide mod
""".split()  # noqa: SIM905 (a list of words reads better as words)

NUMBERS = """
abs acos acosh asin asinh atan atan2 atanh bit_count cbrt ceil ceiling cos cosh cot degrees even exp
factorial fdiv floor fmod gamma gcd greatest greatest_common_divisor isfinite isinf isnan lcm least
least_common_multiple lgamma ln log log10 log2 nextafter pi pow power radians round round_even
roundbankers sign signbit sin sinh sqrt tan tanh trunc equi_width_bins
""".split()  # noqa: SIM905

TEXT = """
ascii bar base64 bin bit_length char_length character_length chr concat concat_ws contains
damerau_levenshtein decode editdist3 encode ends_with format formatreadabledecimalsize
formatreadablesize format_bytes from_base64 from_binary from_hex hamming hash hex ilike_escape instr
jaccard jaro_similarity jaro_winkler_similarity lcase left left_grapheme len length length_grapheme
levenshtein like_escape lower lpad ltrim md5 mismatches nfc_normalize not_ilike_escape
not_like_escape octet_length ord overlay position prefix printf regexp_escape regexp_extract
regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array repeat
replace reverse right right_grapheme rpad rtrim sha1 sha256 split split_part starts_with str_split
str_split_regex string_split string_split_regex string_to_array strip_accents strlen strpos substr
substring substring_grapheme suffix to_base to_base64 to_binary to_hex translate trim ucase unbin
unhex unicode upper url_decode url_encode
""".split()  # noqa: SIM905

MOMENTS = """
century date_add date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc day
dayname dayofmonth dayofweek dayofyear days_in_month decade epoch epoch_ms epoch_ns epoch_us era hour isodow
isoyear julian last_day make_date make_time make_timestamp make_timestamptz microsecond millennium
millisecond minute month monthname normalized_interval quarter second strftime strptime time_bucket
timezone timezone_hour timezone_minute to_centuries to_days to_decades to_hours to_microseconds
to_millennia to_milliseconds to_minutes to_months to_quarters to_seconds to_timestamp to_weeks
to_years try_strptime week weekday weekofyear year yearweek
""".split()  # noqa: SIM905

NOW = """
age ago current_date current_localtime current_localtimestamp get_current_time get_current_timestamp
now today transaction_timestamp
""".split()  # noqa: SIM905

RANDOM = ["gen_random_uuid", "random", "reservoir_quantile", "uuid", "uuidv4", "uuidv7"]

CONDITIONS = ["constant_or_null", "if", "nullif", "typeof"]

NESTED = """
apply array_aggregate array_append array_apply array_cat array_concat array_contains array_distinct
array_extract array_filter array_has array_has_all array_has_any array_indexof array_intersect
array_length array_position array_prepend array_reduce array_reverse array_reverse_sort array_select
array_slice array_sort array_to_string array_transform array_unique array_value array_where array_zip
cardinality element_at filter flatten list_aggr list_aggregate list_any_value list_append list_apply
list_avg list_cat list_concat list_contains list_count list_distinct list_element list_extract
list_filter list_first list_has list_has_all list_has_any list_indexof list_intersect list_last
list_max list_median list_min list_pack list_position list_prepend list_reduce list_reverse
list_reverse_sort list_select list_slice list_sort list_sum list_transform list_unique list_value
list_where list_zip map map_concat map_contains_entry map_contains_value map_contains map_entries map_extract map_extract_value
map_from_entries map_keys map_values range generate_series reduce row struct_concat struct_contains
struct_extract struct_extract_at struct_has struct_insert struct_keys struct_pack struct_position
struct_update struct_values unnest unpivot_list
""".split()  # noqa: SIM905

JSON = """
array_to_json from_json json_array json_array_length json_group_array json_group_object json_merge_patch json_pretty
json_structure json_contains json_exists json_extract
json_extract_path json_extract_path_text json_extract_string json_keys json_object json_quote
json_type json_valid json_value row_to_json to_json json
""".split()  # noqa: SIM905

AGGREGATES = """
any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max arg_max_null arg_min
arg_min_null argmax argmin array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count count_if
count_star countif covar_pop covar_samp entropy favg first fsum geomean geometric_mean group_concat
histogram kahan_sum kurtosis kurtosis_pop last list listagg mad max max_by mean median min min_by
mode product quantile quantile_cont quantile_disc regr_avgx regr_avgy regr_count regr_intercept
regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem skewness stddev stddev_pop
stddev_samp string_agg sum sum_no_overflow sumkahan var_pop var_samp variance wavg weighted_avg
""".split()  # noqa: SIM905

WINDOWS = """
cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank
rank_dense row_number
""".split()  # noqa: SIM905

TABLES = frozenset({"unnest", "range", "generate_series", "json_each"})

AGGREGATED = frozenset(AGGREGATES)

STEADY = frozenset(
    [*OPERATORS, *NUMBERS, *TEXT, *MOMENTS, *CONDITIONS, *NESTED, *JSON, *AGGREGATES, *WINDOWS]
)
READABLE = STEADY | frozenset([*NOW, *RANDOM])

SIZED = {"repeat": 1, "lpad": 1, "rpad": 1, "bar": 3, "equi_width_bins": 2}
"""Functions whose argument at this position sets the size of what they make."""

SPREADING = frozenset({"range", "generate_series"})
"""Functions that make every value between two bounds."""

PATTERNED = {"printf": 0, "format": 0}
"""Functions whose argument at this position is a pattern that may ask for any width."""

NAMING = dict.fromkeys(["array_aggregate", "list_aggr", "list_aggregate"], 1)
"""Functions whose argument at this position names the aggregate they call."""

REFUSED = {
    "it reads the catalogue or the session": """
        col_description current_catalog current_connection_id current_database current_query
        current_query_id current_role current_schema current_schemas current_setting
        current_transaction_id current_user currval duckdb_columns duckdb_databases duckdb_functions
        duckdb_logs duckdb_secrets duckdb_settings duckdb_tables duckdb_variables duckdb_views
        format_pg_type format_type getvariable in_search_path index_key nextval obj_description
        parse_duckdb_log_message pg_get_constraintdef pg_get_expr pg_get_viewdef pg_typeof
        session_user setval shobj_description txid_current user version
    """.split(),  # noqa: SIM905
    "it tells of values nobody asked for, hidden ones too": ["stats", "vector_type", "summary"],
    "it builds SQL from text": """
        json_deserialize_sql json_execute_serialized_sql json_serialize_plan json_serialize_sql
        query query_table
    """.split(),  # noqa: SIM905
    "it reads files": """
        glob parquet_bloom_probe parquet_file_metadata parquet_full_metadata parquet_kv_metadata
        parquet_metadata parquet_scan parquet_schema read_blob read_csv read_csv_auto read_duckdb
        read_json read_json_auto read_json_objects read_ndjson read_parquet read_single_csv_file
        read_single_json_file read_single_parquet_file read_text sniff_csv
    """.split(),  # noqa: SIM905
    "it waits, writes or fails on purpose": """
        assert_true checkpoint create_external_resource enable_logging error force_checkpoint
        pg_sleep setseed sleep_ms truncate_duckdb_logs write_log
    """.split(),  # noqa: SIM905
    "it makes something of any size": ["array_resize", "list_resize", "repeat_row"],
    "it reads memory of the process": ["arrow_scan", "pandas_scan", "python_map_function"],
}
"""Functions refused on purpose, by the reason; what is in no list is refused as unknown."""


def refused(name: str) -> str:
    """Why a function is refused on purpose; empty for one that is only unknown here."""
    return next((why for why, names in REFUSED.items() if name in names), "")
