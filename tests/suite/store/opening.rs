use crate::harness::province::{all_areas, draft_round, open_round};
use crate::harness::{Database, SideConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use sipas::store::{DatabaseUrl, Store, StoreError, areas};

on_both!(
    servers_that_start_together_take_turns,
    a_newer_database_is_left_alone,
    the_tables_go_down_and_come_up_again,
    a_transaction_is_all_or_nothing,
    a_snapshot_does_not_move,
    work_runs_beside_a_runtime,
);

fn servers_that_start_together_take_turns(db: &Database) {
    let stores: Vec<Store> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(|| db.store())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    stores[0].with(|connection| areas::upsert(connection, &all_areas())).unwrap();
    for store in stores {
        assert_eq!(store.with(areas::all).unwrap(), all_areas());
    }
}

fn a_newer_database_is_left_alone(db: &Database) {
    drop(db.store());
    db.side_connection().execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000001')");
    let refused = Store::open(&db.url).map(drop);
    assert!(matches!(refused, Err(StoreError::Newer(version)) if version == "99991231000001"));
}

fn the_tables_go_down_and_come_up_again(db: &Database) {
    let store = db.store();
    open_round(&store, "R1");
    drop(store);
    let scripts = |database| FileBasedMigrations::from_path(format!("migrations/{database}")).unwrap();
    let n_reverted = match db.side_connection() {
        SideConnection::Sqlite(mut sqlite) => sqlite.revert_all_migrations(scripts("sqlite")).unwrap().len(),
        SideConnection::Postgres(mut postgres) => postgres.revert_all_migrations(scripts("postgres")).unwrap().len(),
    };
    assert_eq!(n_reverted, std::fs::read_dir("migrations/sqlite").unwrap().count());
    assert_eq!(db.store().with(areas::all).unwrap(), []);
}

fn a_transaction_is_all_or_nothing(db: &Database) {
    let store = db.store();
    let outcome = store.with(|connection| {
        connection.transact(|connection| {
            areas::upsert(connection, &all_areas())?;
            // A part may fail and be undone by itself.
            let part = connection.transact(|connection| {
                draft_round(connection, "R1")?;
                Err::<(), _>(StoreError::Moved)
            });
            assert!(matches!(part, Err(StoreError::Moved)));
            assert_eq!(sipas::store::rounds::all(connection)?, []);
            assert_eq!(areas::all(connection)?, all_areas());
            Err::<(), _>(StoreError::Moved)
        })
    });
    assert!(matches!(outcome, Err(StoreError::Moved)));
    assert_eq!(store.with(areas::all).unwrap(), []);
}

fn a_snapshot_does_not_move(db: &Database) {
    let (reader, writer) = (db.store(), db.store());
    reader
        .with(|connection| {
            connection.snapshot(|connection| {
                assert_eq!(areas::all(connection)?, []);
                writer.with(|other| areas::upsert(other, &all_areas()))?;
                assert_eq!(areas::all(connection)?, []);
                Ok::<_, StoreError>(())
            })
        })
        .unwrap();
    assert_eq!(reader.with(areas::all).unwrap(), all_areas());
}

fn work_runs_beside_a_runtime(db: &Database) {
    let store = db.store();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(store.run(|connection| areas::upsert(connection, &all_areas()))).unwrap();
    // Work that breaks down takes its connection with it, and nobody else.
    let broken = runtime.block_on(store.run(|connection| {
        connection.transact::<(), StoreError>(|connection| {
            areas::upsert(connection, &[])?;
            panic!("in the middle of a transaction")
        })
    }));
    assert!(matches!(broken, Err(StoreError::Unavailable(_))));
    assert_eq!(store.with(areas::all).unwrap(), all_areas());
}

/// SQLite lets nobody wait for a file's turn to its log (WAL): who meets another one there is refused at once.
#[test]
fn a_new_file_is_made_ready_by_many_at_once() {
    for _ in 0..25 {
        let db = Database::sqlite();
        let start = std::sync::Barrier::new(12);
        std::thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(|| {
                    start.wait();
                    db.store().with(areas::all).unwrap();
                });
            }
        });
    }
}

#[test]
fn connections_that_the_server_dropped_are_replaced() {
    let db = Database::postgres();
    let store = db.store();
    store.with(|connection| areas::upsert(connection, &all_areas())).unwrap();
    db.side_connection().execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    assert_eq!(store.with(areas::all).unwrap(), all_areas());
}

#[test]
fn what_is_not_there_is_refused_without_a_trace_of_another_database() {
    let folder = tempfile::tempdir().unwrap();
    let missing_folder = DatabaseUrl::Sqlite(folder.path().join("no/such/folder.db"));
    assert!(matches!(Store::open(&missing_folder).map(drop), Err(StoreError::Unavailable(_))));

    let nobody = format!("postgres:///sipas?host={}&user=sipas&password=geheim", folder.path().display());
    let refused = Store::open(&DatabaseUrl::parse(&nobody).unwrap()).map(drop).unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)));
    assert!(!refused.to_string().contains("geheim"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
