const s="/api/jobs/",a="/api/schedules/";export{s as j,a as s};
