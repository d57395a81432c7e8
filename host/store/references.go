package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"
)

// references are the foreign keys of Dispatcharr's tables, a line each: table,
// column, the table whose rows it names, and what becomes of a row whose
// counterpart is deleted. The database itself does neither, as with Django.
const references = `
accounts_user_channel_profiles user_id accounts_user CASCADE
accounts_user_channel_profiles channelprofile_id dispatcharr_channels_channelprofile CASCADE
accounts_user_groups user_id accounts_user CASCADE
accounts_user_groups group_id auth_group CASCADE
accounts_user_user_permissions user_id accounts_user CASCADE
accounts_user_user_permissions permission_id auth_permission CASCADE
auth_group_permissions group_id auth_group CASCADE
auth_group_permissions permission_id auth_permission CASCADE
auth_permission content_type_id django_content_type CASCADE
core_notificationdismissal user_id accounts_user CASCADE
core_notificationdismissal notification_id core_systemnotification CASCADE
core_streamprofile user_agent_id core_useragent SET_NULL
dispatcharr_channels_channel logo_id dispatcharr_channels_logo SET_NULL
dispatcharr_channels_channel channel_group_id dispatcharr_channels_channelgroup SET_NULL
dispatcharr_channels_channel epg_data_id epg_epgdata SET_NULL
dispatcharr_channels_channel stream_profile_id core_streamprofile SET_NULL
dispatcharr_channels_channel auto_created_by_id m3u_m3uaccount SET_NULL
dispatcharr_channels_channelgroupm3uaccount channel_group_id dispatcharr_channels_channelgroup CASCADE
dispatcharr_channels_channelgroupm3uaccount m3u_account_id m3u_m3uaccount CASCADE
dispatcharr_channels_channeloverride channel_id dispatcharr_channels_channel CASCADE
dispatcharr_channels_channeloverride channel_group_id dispatcharr_channels_channelgroup SET_NULL
dispatcharr_channels_channeloverride logo_id dispatcharr_channels_logo SET_NULL
dispatcharr_channels_channeloverride epg_data_id epg_epgdata SET_NULL
dispatcharr_channels_channeloverride stream_profile_id core_streamprofile SET_NULL
dispatcharr_channels_channelprofilemembership channel_profile_id dispatcharr_channels_channelprofile CASCADE
dispatcharr_channels_channelprofilemembership channel_id dispatcharr_channels_channel CASCADE
dispatcharr_channels_channelstream channel_id dispatcharr_channels_channel CASCADE
dispatcharr_channels_channelstream stream_id dispatcharr_channels_stream CASCADE
dispatcharr_channels_recording channel_id dispatcharr_channels_channel CASCADE
dispatcharr_channels_recurringrecordingrule channel_id dispatcharr_channels_channel CASCADE
dispatcharr_channels_stream m3u_account_id m3u_m3uaccount CASCADE
dispatcharr_channels_stream channel_group_id dispatcharr_channels_channelgroup SET_NULL
dispatcharr_channels_stream stream_profile_id core_streamprofile SET_NULL
dispatcharr_connect_deliverylog subscription_id dispatcharr_connect_eventsubscription CASCADE
dispatcharr_connect_eventsubscription integration_id dispatcharr_connect_integration CASCADE
django_admin_log user_id accounts_user CASCADE
django_admin_log content_type_id django_content_type SET_NULL
django_celery_beat_periodictask interval_id django_celery_beat_intervalschedule CASCADE
django_celery_beat_periodictask crontab_id django_celery_beat_crontabschedule CASCADE
django_celery_beat_periodictask solar_id django_celery_beat_solarschedule CASCADE
django_celery_beat_periodictask clocked_id django_celery_beat_clockedschedule CASCADE
epg_epgdata epg_source_id epg_epgsource CASCADE
epg_epgsource refresh_task_id django_celery_beat_periodictask SET_NULL
epg_epgsourceindex source_id epg_epgsource CASCADE
epg_programdata epg_id epg_epgdata CASCADE
epg_sdprogrammd5 epg_source_id epg_epgsource CASCADE
epg_sdschedulemd5 epg_source_id epg_epgsource CASCADE
m3u_m3uaccount server_group_id m3u_servergroup SET_NULL
m3u_m3uaccount user_agent_id core_useragent SET_NULL
m3u_m3uaccount stream_profile_id core_streamprofile SET_NULL
m3u_m3uaccount refresh_task_id django_celery_beat_periodictask SET_NULL
m3u_m3uaccountprofile m3u_account_id m3u_m3uaccount CASCADE
m3u_m3ufilter m3u_account_id m3u_m3uaccount CASCADE
plugins_pluginconfig source_repo_id plugins_pluginrepo SET_NULL
vod_episode series_id vod_series CASCADE
vod_m3uepisoderelation m3u_account_id m3u_m3uaccount CASCADE
vod_m3uepisoderelation episode_id vod_episode CASCADE
vod_m3uepisoderelation series_relation_id vod_m3useriesrelation CASCADE
vod_m3umovierelation m3u_account_id m3u_m3uaccount CASCADE
vod_m3umovierelation movie_id vod_movie CASCADE
vod_m3umovierelation category_id vod_vodcategory SET_NULL
vod_m3useriesrelation m3u_account_id m3u_m3uaccount CASCADE
vod_m3useriesrelation series_id vod_series CASCADE
vod_m3useriesrelation category_id vod_vodcategory SET_NULL
vod_m3uvodcategoryrelation m3u_account_id m3u_m3uaccount CASCADE
vod_m3uvodcategoryrelation category_id vod_vodcategory CASCADE
vod_movie logo_id vod_vodlogo SET_NULL
vod_series logo_id vod_vodlogo SET_NULL
`

// reference is one line of references.
type reference struct {
	table, column, parent string
	// cascade says that the row goes too; else its column becomes NULL.
	cascade bool
}

// referencesWhere lists those that fit.
func referencesWhere(fits func(reference) bool) []reference {
	var found []reference
	for line := range strings.Lines(references) {
		part := strings.Fields(line)
		if len(part) != 4 {
			continue
		}
		ref := reference{table: part[0], column: part[1], parent: part[2], cascade: part[3] == "CASCADE"}
		if fits(ref) {
			found = append(found, ref)
		}
	}
	return found
}

// condition is SQL with a ? for each of args.
type condition struct {
	sql  string
	args []any
}

func where(sql string, args ...any) condition { return condition{sql, args} }

// deleteRows deletes the rows of a table that those means, and does to the
// rows that name them what references says. It returns how many rows of the
// table itself are gone. Run it in a transaction.
func deleteRows(ctx context.Context, tx bun.IDB, table string, those condition) (int, error) {
	for _, ref := range referencesWhere(func(ref reference) bool { return ref.parent == table }) {
		names := fmt.Sprintf("%q IN (SELECT id FROM %q WHERE %s)", ref.column, table, those.sql)
		if ref.cascade {
			if _, err := deleteRows(ctx, tx, ref.table, where(names, those.args...)); err != nil {
				return 0, err
			}
			continue
		}
		_, err := tx.NewUpdate().TableExpr("?", bun.Ident(ref.table)).
			Set("? = NULL", bun.Ident(ref.column)).Where(names, those.args...).Exec(ctx)
		if err != nil {
			return 0, fmt.Errorf("forget in %s.%s: %w", ref.table, ref.column, err)
		}
	}
	n, err := affected(tx.NewDelete().TableExpr("?", bun.Ident(table)).Where(those.sql, those.args...).Exec(ctx))
	if err != nil {
		return 0, fmt.Errorf("delete from %s: %w", table, err)
	}
	return n, nil
}
