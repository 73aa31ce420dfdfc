//! The tables as both databases have them. What they mean stands in the migrations.

diesel::table! {
    areas (id) {
        id -> Integer,
        code -> Text,
        name -> Text,
        level -> Text,
        parent -> Nullable<Integer>,
        focus -> Text,
        valid_from -> Nullable<SmallInt>,
        valid_to -> Nullable<SmallInt>,
    }
}

diesel::table! {
    questionnaires (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
        digest -> Binary,
    }
}

diesel::table! {
    rounds (id) {
        id -> Integer,
        code -> Text,
        questionnaire -> Integer,
        scheme -> Text,
        scheme_digest -> Binary,
        area -> Integer,
        year -> SmallInt,
        period_from -> Date,
        period_to -> Date,
        mode -> Text,
        opened -> Nullable<Timestamp>,
        closed -> Nullable<Timestamp>,
        published -> Nullable<Timestamp>,
    }
}

diesel::table! {
    round_desks (round, desk) {
        round -> Integer,
        desk -> Integer,
        stratum -> Integer,
        transactions -> Nullable<BigInt>,
        drawn -> Bool,
    }
}

diesel::table! {
    directory (only_row) {
        only_row -> Integer,
        revision -> BigInt,
    }
}

diesel::table! {
    responses (round, id) {
        round -> Integer,
        id -> Binary,
        desk -> Integer,
        channel -> SmallInt,
        digest -> Binary,
        received -> Date,
        packed -> Binary,
        weight -> Nullable<Double>,
        flags -> SmallInt,
        admission -> SmallInt,
    }
}

diesel::table! {
    comments (round, response, item) {
        round -> Integer,
        response -> Binary,
        item -> Text,
        body -> Text,
        standing -> Text,
    }
}

diesel::table! {
    assessments (scheme, year, unit, sub_criterion) {
        scheme -> Text,
        year -> SmallInt,
        unit -> Integer,
        sub_criterion -> Text,
        claimed -> Nullable<BigInt>,
        appraised -> Nullable<BigInt>,
        not_applicable -> Bool,
        note -> Text,
    }
}

diesel::table! {
    receipt_blocks (round, desk, month, block) {
        round -> Integer,
        desk -> Integer,
        month -> Integer,
        block -> Integer,
        issued -> Integer,
        spent -> Binary,
    }
}

diesel::table! {
    receipt_key (only_row) {
        only_row -> Integer,
        secret -> Binary,
    }
}

diesel::table! {
    devices (id) {
        id -> Integer,
        code -> Text,
        kind -> Text,
        desk -> Integer,
        label -> Text,
        enrolled -> Timestamp,
        pairing -> Nullable<Binary>,
        pairing_ends -> Nullable<Timestamp>,
        key -> Nullable<Binary>,
        revoked -> Nullable<Timestamp>,
        arrived -> Text,
        assigned -> BigInt,
        waiting -> BigInt,
        aside -> BigInt,
        version -> Text,
        synced -> Nullable<Timestamp>,
    }
}

diesel::table! {
    access_keys (id) {
        id -> Integer,
        name -> Text,
        scope -> Text,
        area -> Nullable<Integer>,
        key -> Binary,
        created -> Timestamp,
        revoked -> Nullable<Timestamp>,
    }
}

diesel::table! {
    paper_entries (round, form) {
        round -> Integer,
        form -> Text,
        desk -> Integer,
        device -> Integer,
        typed -> Text,
    }
}

diesel::table! {
    paper_checks (round, desk) {
        round -> Integer,
        desk -> Integer,
        forms -> BigInt,
        items -> BigInt,
        different -> BigInt,
    }
}

diesel::table! {
    interviews (round, device, number) {
        round -> Integer,
        device -> Integer,
        number -> BigInt,
        response -> Binary,
    }
}

diesel::table! {
    recipients (id) {
        id -> Integer,
        address -> Nullable<Text>,
        role -> Text,
        unit -> Integer,
        language -> Text,
        schedule -> Text,
        with_pdf -> Bool,
        removed -> Nullable<Timestamp>,
        returned -> Nullable<Timestamp>,
    }
}

diesel::table! {
    letters (id) {
        id -> Integer,
        round -> Integer,
        edition -> Text,
        unit -> Integer,
        language -> Text,
        with_pdf -> Bool,
        subject -> Text,
        plain -> Text,
        html -> Text,
        answers -> Nullable<BigInt>,
    }
}

diesel::table! {
    letter_parts (letter, place) {
        letter -> Integer,
        place -> Integer,
        name -> Text,
        media -> Text,
        is_inline -> Bool,
        content -> Binary,
    }
}

diesel::table! {
    outbox (id) {
        id -> Integer,
        recipient -> Integer,
        round -> Integer,
        edition -> Text,
        token -> Text,
        state -> Text,
        queued -> Timestamp,
        attempts -> Integer,
        next_try -> Timestamp,
        claimed_by -> Nullable<Text>,
        claimed_until -> Nullable<Timestamp>,
        settled -> Nullable<Timestamp>,
        reason -> Text,
    }
}

diesel::table! {
    bounces (recipient, notice) {
        recipient -> Integer,
        notice -> Binary,
        outbox -> Nullable<Integer>,
        noted -> Timestamp,
        is_final -> Bool,
        reason -> Text,
    }
}

diesel::table! {
    publications (id) {
        id -> Integer,
        round -> Integer,
        revision -> Integer,
        published -> Timestamp,
        note -> Text,
        changes -> Text,
        program_version -> Text,
        data -> Binary,
        digest -> Binary,
    }
}

diesel::table! {
    publication_files (publication, path) {
        publication -> Integer,
        path -> Text,
        media -> Text,
        size -> BigInt,
        digest -> Binary,
        packed -> Binary,
    }
}

diesel::table! {
    late_arrivals (id) {
        id -> Integer,
        round -> Integer,
        kind -> Text,
        file -> Text,
        digest -> Binary,
        n -> BigInt,
        arrived -> Timestamp,
    }
}

diesel::table! {
    late_responses (round, response) {
        round -> Integer,
        response -> Binary,
        arrived -> Timestamp,
    }
}

diesel::joinable!(rounds -> questionnaires (questionnaire));
diesel::joinable!(rounds -> areas (area));
diesel::joinable!(round_desks -> rounds (round));
diesel::joinable!(responses -> rounds (round));
diesel::joinable!(comments -> rounds (round));
diesel::joinable!(assessments -> areas (unit));
diesel::joinable!(devices -> areas (desk));
diesel::joinable!(interviews -> devices (device));
diesel::joinable!(paper_entries -> devices (device));
diesel::joinable!(access_keys -> areas (area));
diesel::joinable!(recipients -> areas (unit));
diesel::joinable!(outbox -> recipients (recipient));
diesel::joinable!(outbox -> rounds (round));
diesel::joinable!(publications -> rounds (round));
diesel::joinable!(publication_files -> publications (publication));
diesel::joinable!(late_arrivals -> rounds (round));
diesel::allow_tables_to_appear_in_same_query!(
    areas,
    questionnaires,
    rounds,
    round_desks,
    responses,
    comments,
    assessments,
    receipt_blocks,
    devices,
    access_keys,
    paper_entries,
    paper_checks,
    interviews,
    recipients,
    letters,
    letter_parts,
    outbox,
    bounces,
    publications,
    publication_files,
    late_arrivals,
    late_responses
);
